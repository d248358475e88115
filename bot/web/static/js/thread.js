// One chat on the page. It joins the wire (what happened) with the log (what is shown).

import { createAskedBar } from "./asked.js";
import { createComposer } from "./composer.js";
import { h } from "./dom.js";
import { forgetDraft } from "./form.js";
import { createLog } from "./log.js";
import { foldOptions, openSeal } from "./motion.js";
import { createRecorder } from "./recorder.js";
import { createTrouble, createTyping } from "./signs.js";
import { Wire } from "./wire.js";

/** For a candidate who has done everything. */
export const REST = "Nothing more is needed from you. Whatever comes next will appear here.";

const PATIENCE_MS = 10_000; // after this a tap that changed nothing may be tried again

/**
 * Mount a chat into `el`.
 * @param options  thread: its id; session: bearer (else the cookie); title: name of the log; me: own name;
 *                 variant: "chat" | "channel" | "command"; level: heading level of card titles; now(): ms;
 *                 colours: {name: colour}; hint: composer placeholder; pauseHidden; empty: words for a chat without any;
 *                 rest: words above the composer once a conversation has come to its end;
 *                 recording: {megabytes, minutes}: the longest recording, where the person may answer aloud;
 *                 onMessage(message, fresh), onSent(event, asked): told for badges and hints
 * @returns {destroy(), focus(), refit(), follow(), say(text)}
 */
export function mountThread(el, options) {
  return new Thread(el, { variant: "chat", level: 2, now: Date.now, me: "You", ...options });
}

class Thread {
  #asked = null;
  #busy = new Map(); // token -> {option} | {fields}: an answer that is on its way
  #folding = new Set(); // tokens of answered questions whose other options are just folding away
  #problems = new Map(); // token -> {field key: sentence}: what the server found in a form that was sent
  #el;
  #options;
  #wire;
  #composer;
  #bar;
  #recorder = null;
  #before = null; // what waited to be sent as the page opened, until the recorder knows
  #log;
  #typing;
  #trouble;

  constructor(el, options) {
    this.#el = el;
    this.#options = options;
    const { thread, session = null, title, variant, pauseHidden } = options;
    this.#wire = new Wire({ thread, session, pauseHidden });
    this.#composer = createComposer({ thread, variant, label: `Write in ${title}`, onSend: (...words) => this.#sendWords(...words) });
    this.#bar = createAskedBar({ onTap: (option) => this.#tapBar(option) });
    if (options.recording) this.#recorder = this.#createRecorder(options);
    this.#log = createLog({ ...options, env: this.#messageEnv(), busyOf: (message) => this.#busy.get(message.token) ?? null });
    this.#typing = createTyping();
    this.#trouble = createTrouble(() => (this.#log.refreshPending(), this.#log.keepDown()));
    el.classList.add("thread", `thread--${variant}`);
    el.replaceChildren(this.#log.el, this.#typing.el, this.#trouble.el, h("div", { class: "thread__foot" }, this.#bar.el, this.#recorder?.el, this.#composer.el));
    this.#composer.setHint(options.hint);
    this.#listen();
    this.#before = this.#queuedIds();
    this.#wire.start();
  }

  focus() {
    this.#composer.focus();
  }

  /** Measure again after the chat was hidden. */
  refit() {
    this.#composer.fit();
    this.#log.toEnd();
  }

  say(text) {
    this.#sendWords(text, null);
  }

  /** Show what comes next, wherever one was reading. */
  follow() {
    this.#log.follow();
    this.#log.toEnd();
  }

  destroy() {
    this.#wire.stop();
    this.#typing.show(false);
    this.#trouble.clear();
    this.#el.replaceChildren();
  }

  #messageEnv() {
    const { variant, colours, session = null } = this.#options;
    const channel = variant === "channel";
    return {
      colours,
      session,
      act: (name, body) => this.#act(name, body),
      problemsOf: (message) => this.#problems.get(message.token) ?? null,
      showPrivate: channel, // elsewhere every word is between the two of them
      onEdit: variant === "command" ? null : (message) => this.#composer.edit(message),
      onRemove: (message) => this.#takeBack(message),
      onReply: channel ? (message) => this.#composer.reply(message) : null,
      session: this.#options.session ?? null,
      waiting: () => (this.#wire.state === "connected" ? "Sending" : "Waiting for the connection"),
    };
  }

  #listen() {
    const on = (name, tell) => this.#wire.addEventListener(name, (event) => tell(event.detail));
    on("history", ({ thread }) => this.#fill(thread));
    on("message", ({ message }) => this.#arrived(message, true));
    on("update", ({ message }) => this.#updated(message));
    on("asked", ({ asked }) => this.#showAsked(asked));
    on("typing", ({ on: typing }) => this.#showTyping(typing));
    on("state", (state) => this.#trouble.show(state));
    on("accepted", ({ id }) => (this.#log.settle(id), this.#recorder?.accepted(id)));
    on("rejected", (refusal) => this.#refused(refusal));
    on("problems", ({ event, problems }) => this.#correct(event.token, problems));
  }

  #createRecorder({ thread, session, recording, now }) {
    return createRecorder({
      thread,
      session,
      limits: recording,
      now,
      onSending: ({ id, form, seconds, asked }) => this.#showOwn({ id, text: "", asked, recording: { form, seconds, sent: 0 } }),
      onProgress: (id, sent) => this.#log.change(id, { recording: { ...this.#log.get(id)?.recording, sent } }),
      onTrouble: (words) => this.#composer.say(words),
      onSend: (event) => (this.#composer.say(""), this.#post(event)),
      onFailed: (id) => (this.#log.drop(id), this.#drawBar()),
      onWrite: () => !matchMedia("(pointer: coarse)").matches && this.focus(),
    });
  }

  // ---- What the person does ----

  /** Queue an answer; a second tap for the same token is ignored until the first one had an effect. */
  #act(name, body) {
    if (this.#busy.has(body.token)) return;
    this.#busy.set(body.token, body);
    this.#problems.delete(body.token);
    this.#log.follow();
    this.#post({ kind: name, ...body });
    this.#log.refresh(body.token);
    this.#drawBar();
    setTimeout(() => this.#release(body.token), PATIENCE_MS);
  }

  /** "That's my answer" also sends what is still in the box: nobody means to leave it behind. */
  #tapBar(option) {
    const { token, done } = this.#asked;
    if (option.id === done?.id && !this.#composer.sendRest()) return;
    this.#act("tapped", { token, option: option.id });
  }

  #release(token) {
    if (this.#folding.has(token) || !this.#busy.delete(token)) return;
    this.#log.refresh(token);
    this.#drawBar();
  }

  #post(event) {
    const full = this.#wire.send(event);
    this.#options.onSent?.(full, this.#asked);
    return full;
  }

  #sendWords(text, mode) {
    if (mode?.edit) {
      this.#post({ kind: "edited", target: mode.edit.id, text });
      this.#log.change(mode.edit.id, { text, edited: true });
      return;
    }
    const reply = mode?.replyTo ? { reply_to: mode.replyTo.id } : {};
    this.#showOwn(this.#post({ kind: "said", text, asked: this.#asked?.token ?? null, ...reply }));
    this.#drawBar();
  }

  #showOwn({ id, text, reply_to, asked, recording }) {
    const { me, now } = this.#options;
    this.#log.add({ id, from: "me", who: me, at: now(), text, state: "live", reply_to, recording }, { pending: true, asked });
    if (recording) this.#drawBar();
  }

  #takeBack(message) {
    this.#post({ kind: "removed", target: message.id });
    this.#log.change(message.id, { state: "gone", editable: false });
    this.#drawBar();
  }

  // ---- What the server tells ----

  #fill(history) {
    this.#log.quietly(() => {
      for (const message of history.messages) this.#arrived(message, false);
      for (const event of this.#wire.queued()) this.#restore(event);
    });
    this.#showAsked(history.asked);
    if (this.#before) this.#recorder?.start(this.#queuedIds(), this.#before);
    this.#before = null;
  }

  #queuedIds() {
    return new Set(this.#wire.queued().map((event) => event.id));
  }

  /** Show again what an earlier visit left in the queue. */
  #restore(event) {
    if (event.kind === "said" && !this.#log.has(event.id)) this.#showOwn(event);
    else if (event.kind === "spoke" && !this.#log.has(event.id)) this.#showOwn({ ...event, text: "", recording: { form: event.form, seconds: event.seconds, sent: 1 } });
    else if (event.token) {
      this.#busy.set(event.token, event);
      this.#log.refresh(event.token);
    }
  }

  #arrived(message, fresh) {
    if (message.from !== "me") this.#wire.seen([message.id]);
    if (this.#log.has(message.id)) {
      if (!fresh) this.#log.change(message.id, message); // a repeated delivery may be older than what is shown
      return;
    }
    if (message.from === "me" && this.#log.adopt(message)) return;
    const item = this.#log.add(message, {});
    if (fresh && message.card?.scores) openSeal(item);
    if (fresh && message.from === "parley") this.#answeredBar();
    if (fresh) this.#drawBar();
    this.#options.onMessage?.(message, fresh);
  }

  async #updated(message) {
    const before = this.#log.get(message.id);
    if (!before) return this.#arrived(message, true);
    this.#options.onMessage?.(message, false);
    if (message.from !== "me") this.#wire.seen([message.id]);
    const choice = message.state === "answered" && before.state === "live" && message.chosen;
    if (choice) {
      this.#folding.add(message.token);
      await foldOptions(this.#log.item(message.id), message.chosen);
      this.#folding.delete(message.token);
    }
    if (message.state !== "live") {
      this.#busy.delete(message.token);
      forgetDraft(message.token);
    }
    const item = this.#log.change(message.id, message);
    if (message.card?.scores && !before.card?.scores) openSeal(item);
    this.#drawBar();
    return undefined;
  }

  /** Parley said something: a helper that was tapped has had its effect and may be tapped again. */
  #answeredBar() {
    this.#showTyping(false);
    const option = this.#asked && this.#busy.get(this.#asked.token)?.option;
    if (option && this.#asked.tools?.some((tool) => tool.id === option)) this.#release(this.#asked.token);
  }

  #showAsked(asked) {
    if (asked) this.#showTyping(false);
    if (this.#asked) this.#release(this.#asked.token);
    if (this.#asked?.token !== asked?.token) this.#bar.close();
    if (asked && this.#asked && this.#asked.token !== asked.token) this.#log.lock();
    this.#asked = asked;
    this.#el.dataset.asked = asked?.token ?? ""; // which question is open, for styles and for tests
    this.#composer.setHint(asked?.hint || this.#options.hint);
    this.#recorder?.show(asked);
    this.#drawBar();
  }

  #drawBar() {
    const token = this.#asked?.token;
    this.#composer.rest(this.#restWords());
    const held = this.#bar.el.contains(document.activeElement);
    this.#bar.show(this.#asked, { sent: Boolean(token) && this.#log.repliedTo(token), busy: this.#busy.has(token) });
    // The button that was pressed may be gone; a phone is left alone, or its keyboard would jump up.
    if (held && !this.#bar.el.contains(document.activeElement) && !matchMedia("(pointer: coarse)").matches) this.focus();
  }

  /** The form comes back as it was filled in, with a sentence at each field that needs another look. */
  #correct(token, problems) {
    this.#busy.delete(token);
    this.#problems.set(token, problems);
    this.#log.refresh(token);
    this.#log.stay();
    this.#log.field(token, Object.keys(problems))?.focus();
  }

  /** Nothing is asked and nothing is being worked on: say so, instead of leaving an empty box to be wondered at. */
  #restWords() {
    const last = this.#log.last();
    return !this.#asked && last?.from === "parley" && last.card?.tone === "done" ? this.#options.rest : "";
  }

  #showTyping(on) {
    this.#typing.show(on);
    this.#log.keepDown();
  }

  /** The server will never take this event: put the page back and say why. */
  #refused({ event, message }) {
    const { kind, target, token, text } = event;
    if (kind === "said") {
      this.#log.drop(event.id);
      this.#composer.restore(text);
    } else if (kind === "spoke") {
      this.#log.drop(event.id);
      if (this.#recorder?.rejected(event.id, message)) return this.#drawBar();
    } else if (target) this.#log.change(target, this.#log.original(target));
    else this.#release(token);
    this.#composer.say(message);
    this.#drawBar();
    return undefined;
  }
}
