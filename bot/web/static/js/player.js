// The player of a recorded answer: its waveform, its words lit while they are spoken, a press on a word to jump there.
// Without scripts the browser's own player stays, with the same recording and captions.
import { h, icon } from "./dom.js";
import { offsetAt, rangeOf } from "./places.js";

const SPEEDS = [1, 1.25, 1.5, 1.75, 2];
const LEAP = 2; // seconds that an arrow key goes
const players = new Map();
const lit = globalThis.Highlight && CSS.highlights ? new Highlight() : null;
if (lit) CSS.highlights.set("spoken", lit);

const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;

export function showPlayers() {
  for (const el of document.querySelectorAll("[data-player]")) players.set(el.dataset.player, createPlayer(el));
  for (const button of document.querySelectorAll("[data-hear]")) {
    button.hidden = !players.has(button.dataset.hear);
    button.addEventListener("click", () => hear(button.dataset.hear, Number(button.dataset.start), Number(button.dataset.end)));
  }
}

/** Is there something to hear of this answer? */
export const audible = (utterance) => players.has(utterance);

/** Play the words of an answer from one character to another. */
export const hear = (utterance, start, end) => players.get(utterance)?.hear(start, end);

function createPlayer(el) {
  const { player: utterance, url } = el.dataset;
  const media = el.querySelector(".player__media");
  const total = Number(el.dataset.ms) / 1000;
  const long = () => (Number.isFinite(media.duration) && media.duration > 0 ? media.duration : total);
  const text = document.querySelector(`[data-moment="${CSS.escape(utterance)}"]`);
  let words = null; // [[first character, the one after the last, from ms, to ms]]
  let until = null;
  let last = -1;
  let frame = 0;

  const load = async () => {
    if (words) return words;
    const answer = await fetch(`${url}/words`).catch(() => null);
    if (!answer?.ok) return []; // asked again at the next press
    words = (await answer.json()).words;
    if (words.length > 0) text?.classList.add("is-audible");
    return words;
  };

  const play = h("button", { type: "button", class: "btn btn--icon player__play", "aria-label": "Play" }, icon("play"));
  const wave = h("canvas", { class: "player__wave", "aria-hidden": "true" });
  const seek = h("input", { type: "range", class: "player__seek", min: 0, max: Math.max(total, 0.1), step: 0.1, value: 0, "aria-label": "Place in the recording" });
  const time = h("span", { class: "player__time" }, `0:00 / ${clock(total)}`);
  const speed = h(
    "select", { class: "player__speed", "aria-label": "Speed" },
    SPEEDS.map((n) => h("option", { value: n }, `${n}×`)),
  );
  const remark = h("button", { type: "button", class: "btn btn--quiet" }, icon("edit"), "Comment on this moment");
  const trouble = h("p", { class: "player__trouble", role: "status" });

  const shown = () => {
    seek.value = media.currentTime;
    seek.setAttribute("aria-valuetext", `${clock(media.currentTime)} of ${clock(long())}`);
    time.textContent = `${clock(media.currentTime)} / ${clock(long())}`;
    draw();
    light();
  };
  const draw = () => drawWave(wave, el.dataset.points, media.currentTime / long());

  function light() {
    if (!lit || !words || !text) return;
    const ms = media.currentTime * 1000;
    const now = media.paused ? -1 : words.findLastIndex((w) => w[2] <= ms);
    if (now === last) return;
    last = now;
    lit.clear();
    const range = now >= 0 && rangeOf(utterance, words[now][0], words[now][1]);
    if (range) lit.add(range);
  }

  async function start() {
    trouble.textContent = "";
    for (const other of players.values()) if (other.media !== media) other.media.pause();
    load();
    try {
      await media.play();
    } catch (error) {
      if (error.name !== "AbortError") trouble.textContent = "This recording can't be played here just now. Its words are above; please try again in a minute.";
    }
  }

  async function hear_(first, end) {
    const [all] = await Promise.all([load()]);
    const inside = all.filter((w) => w[0] < end && w[1] > first);
    if (inside.length > 0) {
      media.currentTime = Math.max(0, inside[0][2] / 1000 - 0.25);
      until = inside.at(-1)[3] / 1000 + 0.4;
    }
    await start();
  }

  play.addEventListener("click", () => (media.paused ? start() : media.pause()));
  seek.addEventListener("input", () => {
    until = null;
    media.currentTime = Number(seek.value);
    shown();
  });
  seek.addEventListener("keydown", (e) => {
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[e.key];
    if (!way || e.ctrlKey || e.altKey || e.metaKey) return;
    e.preventDefault(); // by itself it would go a tenth of a second
    until = null;
    media.currentTime = Math.min(long(), Math.max(0, media.currentTime + way * LEAP));
    shown();
  });
  speed.addEventListener("change", () => (media.playbackRate = Number(speed.value)));
  remark.addEventListener("click", async () => {
    const ms = media.currentTime * 1000;
    const all = await load();
    const word = all.findLast((w) => w[2] <= ms) ?? all[0];
    const where = word ? { start: word[0], end: word[1] } : { start: 0, end: 0 };
    document.dispatchEvent(new CustomEvent("parley:remark", { detail: { utterance, ...where } }));
  });
  for (const kind of ["play", "pause", "ended"]) {
    media.addEventListener(kind, () => {
      const on = !media.paused && !media.ended;
      play.replaceChildren(icon(on ? "pause" : "play"));
      play.setAttribute("aria-label", on ? "Pause" : "Play");
      if (on) tick();
      shown();
    });
  }
  media.addEventListener("durationchange", () => (seek.max = long()));
  media.addEventListener("error", () => media.currentSrc && (trouble.textContent = "This recording can't be loaded just now. Its words are above."));
  // `timeupdate` comes four times a second, which is late for a word.
  function tick() {
    if (media.paused) return;
    if (until !== null && media.currentTime >= until) {
      until = null;
      media.pause();
    }
    shown();
    cancelAnimationFrame(frame); // pressed twice within a frame, there would be two
    frame = requestAnimationFrame(tick);
  }
  text?.addEventListener("click", async (e) => {
    if (!words || !getSelection()?.isCollapsed) return;
    const at = offsetAt(e.clientX, e.clientY);
    const word = at !== null && words.find((w) => w[0] <= at && at <= w[1]);
    if (!word) return;
    until = null;
    media.currentTime = word[2] / 1000;
    await start();
  });

  media.controls = media.tagName === "VIDEO";
  const bar = h("div", { class: "player__bar" }, play, h("div", { class: "player__line" }, wave, seek), time, speed);
  el.prepend(...(media.tagName === "VIDEO" ? [media, bar] : [bar]));
  el.querySelector(".player__links").prepend(remark);
  el.append(trouble);
  el.classList.add("is-ready");
  draw();
  new ResizeObserver(draw).observe(wave);
  return { media, hear: hear_ };
}

function drawWave(canvas, encoded, part) {
  const points = encoded ? Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0)) : new Uint8Array(1);
  const { width, height } = canvas.getBoundingClientRect();
  if (width === 0) return;
  const scale = devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const pen = canvas.getContext("2d");
  const style = getComputedStyle(canvas);
  const bars = Math.max(1, Math.floor(width / 4));
  pen.scale(scale, scale);
  for (let i = 0; i < bars; i++) {
    const from = Math.floor((i * points.length) / bars);
    const loud = Math.max(...points.slice(from, Math.max(from + 1, Math.floor(((i + 1) * points.length) / bars))));
    const tall = Math.max(2, (loud / 255) * height);
    pen.fillStyle = i / bars < part ? style.color : style.borderTopColor;
    pen.fillRect(i * 4, (height - tall) / 2, 2.5, tall);
  }
}
