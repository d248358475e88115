// Answering aloud: record, pause, listen, record again, send. What is recorded lies in this browser until the server has it.

import { CaptureProblem, capture } from "./capture.js";
import { Deliveries } from "./deliveries.js";
import { calm, h, icon, uuid } from "./dom.js";
import { clock, createPlayback, lengthOf } from "./playback.js";
import { PROBLEMS, WORDS, left, wrongFile } from "./recorder-words.js";
import { bytesOf, keepPiece, keepTake, takesOf } from "./takes.js";
import { createUpload } from "./upload.js";

const QUIET_MS = 4000;
const HEARD = 0.12; // of the meter
/**
 * @param options  thread, session, limits: {megabytes, minutes}; now(): ms; onSending(take): it is on its way;
 *                 onProgress(id, part), onSend(event): it is all there; onFailed(id); onWrite(): the person wants to write
 * @returns {el, show(asked), start(queued, before), accepted(id), rejected(id, words)}
 */
export function createRecorder(options) {
  return new Recorder(options);
}

class Recorder {
  #options;
  #asked = null;
  #take = null; // the one on the panel
  #live = null; // while it is being recorded
  #upload = null;
  #playback = null;
  #waiting = []; // what an earlier visit left behind
  #deliveries;
  #timer = 0;
  #pieces = Promise.resolve();

  constructor(options) {
    this.#options = { limits: { megabytes: 500, minutes: 30 }, now: Date.now, session: null, ...options };
    const onBack = (take, words) => (this.#waiting.unshift({ take, words }), this.#draw());
    this.#deliveries = new Deliveries({ ...options, onBack });
    this.status = h("p", { class: "sr-only", role: "status" });
    this.offers = h("div", { class: "rec__offers", role: "group", "aria-label": "Answer aloud" });
    this.panel = h("div", { class: "rec__panel", role: "group", "aria-label": "Recording", hidden: true });
    this.el = h("div", { class: "rec" }, this.offers, this.panel, this.status);
    this.file = h("input", { type: "file", class: "rec__file", accept: "audio/*,video/*", hidden: true, onchange: () => this.#chosen() });
    this.el.append(this.file);
  }

  /** The open question, as the server tells it: `asked.speech` says whether a recording answers it. */
  show(asked) {
    this.#asked = asked;
    this.#draw();
  }

  /** Take up what an earlier visit left. queued, before: ids of events that wait to be sent now, and did as the page opened. */
  async start(queued, before) {
    for (const take of await takesOf(this.#options.thread)) {
      if (!(await this.#deliveries.hold(take.id))) continue; // another tab is at it
      if (queued.has(take.id)) this.#deliveries.queued(take);
      else if (before.has(take.id)) await this.#deliveries.forget(take.id);
      else if (take.state === "sending") this.#deliveries.deliver(take, this.#uploadOf(take));
      else if (take.state === "queued" || (await bytesOf(take)).size === 0) await this.#deliveries.forget(take.id);
      else this.#waiting.push({ take });
    }
    this.#draw();
  }

  /** The server has the event of a recording. */
  accepted(id) {
    return this.#deliveries.accepted(id);
  }

  /** The server will never take it as it is: it comes back, with the reason. False: it is none of ours. */
  rejected(id, words) {
    return this.#deliveries.rejected(id, words);
  }

  // ---- Offers ----

  #draw() {
    if (!this.#take && this.#waiting.length) {
      const { take, words } = this.#waiting.shift();
      this.#take = Object.assign(take, { state: "ready" });
      this.#upload = this.#uploadOf(take);
      return this.#review(words ?? left(take.seconds), false);
    }
    const speech = this.#take ? null : this.#asked?.speech;
    this.offers.hidden = !speech;
    const held = this.offers.contains(document.activeElement);
    const offer = (name, words, act) => h("button", { type: "button", class: "chip rec__offer", onclick: act }, icon(name), words);
    const takes = (form) => speech?.forms.includes(form);
    this.offers.replaceChildren(
      ...[
        takes("voice") && offer("mic", WORDS.record, () => this.#record("voice")),
        takes("video") && offer("camera", WORDS.film, () => this.#record("video")),
        speech?.prepared && offer("attach", WORDS.choose, () => this.file.click()),
      ].filter(Boolean),
    );
    if (held) this.offers.querySelector("button")?.focus();
    return undefined;
  }

  #tell(words) {
    this.status.textContent = words;
  }

  #button(name, words, act, kind = "") {
    return h("button", { type: "button", class: `btn ${kind}`, onclick: act }, icon(name), h("span", { class: "rec__word" }, words));
  }

  /** Put something on the panel; "Write instead" is always there. */
  #panel(...content) {
    this.panel.replaceChildren(...content.filter(Boolean));
    this.panel.hidden = content.length === 0;
    this.offers.hidden = this.offers.hidden || content.length > 0;
  }

  #say(words) {
    const note = this.panel.querySelector(".rec__note");
    if (note && note.textContent !== words) note.textContent = words;
  }

  // ---- Recording ----

  async #record(form) {
    const take = (this.#take = this.#newTake({ form, guide: this.#asked?.speech?.guide ?? 0 }));
    const words = form === "video" ? WORDS.ask.replace("microphone", "camera and the microphone") : WORDS.ask;
    this.#panel(h("p", { class: "rec__note" }, words), this.#actions(this.#writeInstead()));
    this.#tell(words);
    try {
      const live = await capture(form, { onPiece: (blob) => this.#keep(take, blob), onLevel: (part) => this.#level(part), onLost: () => this.#stop(WORDS.lost) });
      if (this.#take !== take) return void live.stop(); // they have turned to writing meanwhile
      await this.#deliveries.hold(take.id);
      this.#live = live;
      take.mime = live.mime;
      this.#upload = this.#uploadOf(take);
      this.#onAir();
    } catch (error) {
      if (this.#take === take) this.#cannot(error, form);
    }
  }

  #newTake(known) {
    const { thread, now } = this.#options;
    const fresh = { prepared: false, mime: "", seconds: 0, size: 0, parts: 0, guide: 0, upload: "", received: 0, state: "open" };
    return { id: uuid(), thread, asked: this.#asked?.token ?? null, at: now(), ...fresh, ...known };
  }

  #cannot(error, form) {
    const why = error instanceof CaptureProblem ? error.why : "unsupported";
    const words = form === "video" ? PROBLEMS[why].replaceAll("microphone", "camera or the microphone") : PROBLEMS[why];
    const again = ["denied", "missing", "busy"].includes(why) && this.#button("mic", "Try again", () => this.#record(form));
    this.#trouble(words, again, this.#asked?.speech?.prepared && this.#chooser());
  }

  #trouble(words, ...ways) {
    this.#panel(h("p", { class: "rec__note rec__note--trouble", role: "alert" }, icon("warn"), h("span", {}, words)), this.#actions(...ways, this.#writeInstead("btn--primary")));
    this.panel.querySelector("button").focus();
  }

  #chooser() {
    return this.#button("attach", WORDS.choose, () => this.file.click());
  }

  #actions(...buttons) {
    return h("div", { class: "rec__actions" }, buttons);
  }

  #writeInstead(kind = "btn--quiet") {
    return this.#button("edit", "Write instead", () => this.#leave("", true), kind);
  }

  #onAir() {
    const { form, guide } = this.#take;
    this.meter = h("span", { class: "rec__level" });
    this.time = h("span", { class: "rec__time" }, "0:00");
    const film = form === "video" && h("video", { class: "rec__film", muted: true, playsinline: true, autoplay: true, "aria-label": "What your camera sees" });
    if (film) Object.assign(film, { srcObject: this.#live.stream, muted: true });
    this.toggle = this.#button("pause", "Pause", () => this.#pause());
    const stop = this.#button("stop", "Stop", () => this.#stop(), "btn--primary");
    const aim = guide ? h("span", { class: "rec__guide" }, `of about ${clock(guide)}`) : null;
    this.#panel(
      film,
      h("div", { class: "rec__line" }, h("span", { class: "rec__dot", "aria-hidden": "true" }), this.time, aim, h("span", { class: "rec__meter", "aria-hidden": "true" }, this.meter)),
      h("p", { class: "rec__note", role: "status" }),
      this.#actions(stop, this.toggle, this.#button("trash", "Discard", () => this.#discard(), "btn--quiet rec__brief")),
    );
    this.aim = aim;
    this.heardAt = performance.now();
    this.told = false;
    this.panel.classList.toggle("is-paused", false);
    this.#tell(WORDS.recording);
    stop.focus();
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#tick(), calm() ? 1000 : 250);
  }

  #tick() {
    const { guide } = this.#take;
    const { minutes, megabytes } = this.#options.limits;
    const seconds = this.#live.seconds();
    this.time.textContent = clock(seconds);
    if (guide && seconds > guide && !this.told) {
      this.told = true;
      this.aim.textContent = WORDS.over;
      this.#tell(WORDS.guide);
    }
    if (seconds >= minutes * 60 || this.#take.size > megabytes * 1_000_000) this.#stop(WORDS.longest);
  }

  #level(part) {
    const now = performance.now();
    if (calm() && now - (this.drawnAt ?? 0) < 500) return;
    this.drawnAt = now;
    this.meter?.style.setProperty("--level", String(Math.round(part * 20) / 20));
    if (part > HEARD || this.panel.classList.contains("is-paused")) this.heardAt = now;
    if (part > HEARD) this.panel.querySelector(".rec__note")?.textContent === WORDS.silent && this.#say("");
    else if (now - this.heardAt > QUIET_MS && this.#live) this.#say(WORDS.silent);
  }

  #keep(take, blob) {
    take.seconds = this.#live?.seconds() ?? take.seconds;
    take.size = (take.size ?? 0) + blob.size;
    const n = take.parts++;
    this.#pieces = this.#pieces.then(() => keepPiece(take, n, blob)).catch(() => this.#say(WORDS.full));
    this.#pieces.then(() => this.#take === take && this.#upload?.more());
  }

  #pause() {
    const paused = this.panel.classList.toggle("is-paused");
    if (paused) this.#live.pause();
    else this.#live.resume();
    this.toggle.replaceChildren(icon(paused ? "mic" : "pause"), h("span", { class: "rec__word" }, paused ? "Go on" : "Pause"));
    this.#say(paused ? WORDS.paused : "");
    if (!paused) this.#tell(WORDS.recording);
  }

  async #stop(words = "") {
    const live = this.#live;
    if (!live) return;
    clearInterval(this.#timer);
    const seconds = live.seconds();
    await live.stop();
    await this.#pieces;
    this.#live = null;
    const take = this.#take;
    Object.assign(take, { seconds, state: "ready" });
    await keepTake(take).catch(() => null);
    if (!take.size) return void this.#leave("");
    this.#review(words || WORDS.ready);
  }

  // ---- Before it is sent ----

  #review(words, moved = true) {
    const take = this.#take;
    this.#playback?.stop();
    this.#playback = createPlayback({ seconds: take.seconds, form: take.form, read: () => bytesOf(take) });
    const again = !take.prepared && this.#asked?.speech?.forms.includes(take.form);
    const send = this.#button("send", "Send", () => this.#send(), "btn--primary");
    this.#panel(
      h("p", { class: "rec__note", role: "status" }, words),
      this.#playback.el,
      this.#actions(send, again && this.#button("undo", "Record again", () => this.#again()), this.#button("trash", "Discard", () => this.#discard(), "btn--quiet rec__brief")),
    );
    this.offers.hidden = true;
    this.#tell(words);
    if (moved) send.focus();
  }

  async #again() {
    const { form } = this.#take;
    await this.#drop();
    this.#record(form);
  }

  async #discard() {
    await this.#drop();
    this.#leave(WORDS.discarded);
  }

  /** Forget the take on the panel, here and at the server. */
  async #drop() {
    const take = this.#take;
    clearInterval(this.#timer);
    await this.#live?.stop();
    this.#live = null;
    await this.#pieces;
    this.#upload?.cancel();
    await this.#deliveries.forget(take.id);
  }

  /** The panel closes. */
  #leave(words, write = false) {
    this.#playback?.stop();
    this.#playback = this.#upload = this.#take = null;
    this.#panel();
    this.#tell(words);
    this.#draw();
    if (write || !this.#take) this.#options.onWrite();
  }

  async #chosen() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return undefined;
    const wrong = wrongFile(file, this.#options.limits.megabytes);
    if (wrong) return this.#trouble(wrong, this.#chooser());
    const form = file.type.startsWith("video/") ? "video" : "voice";
    const take = this.#newTake({ form, mime: file.type, prepared: true, seconds: await lengthOf(file), state: "ready", parts: 1, size: file.size });
    this.#take = take;
    await keepPiece(take, 0, file).catch(() => null); // a file is still where it came from
    await this.#deliveries.hold(take.id);
    this.#upload = this.#uploadOf(take);
    return this.#review(`${file.name}: listen to it, or send it.`);
  }

  // ---- Sending ----

  #uploadOf(take) {
    return createUpload({
      thread: this.#options.thread, session: this.#options.session, take,
      onProgress: (received, total) => this.#deliveries.has(take.id) && this.#options.onProgress(take.id, total ? received / total : 0),
      onTrouble: (words) => this.#deliveries.has(take.id) && this.#options.onTrouble(words),
    });
  }

  async #send() {
    const take = this.#take;
    const upload = this.#upload;
    take.state = "sending";
    await keepTake(take).catch(() => null);
    this.#deliveries.deliver(take, upload);
    this.#leave(WORDS.sent);
  }
}
