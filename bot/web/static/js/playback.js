// A small player for one recording: a button, a place to jump to, the time; above it the picture, if there is one.

import { refusal } from "./api.js";
import { h, icon } from "./dom.js";

const TROUBLE = "It can't be played here just now. Please try again in a minute.";
let playing = null;

/** 72 -> "1:12" */
export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

export const kindOf = (form) => (form === "video" ? "Video message" : "Voice message");

/**
 * @param options  seconds; form: is there a picture to show; kind: what it was sent as; read(): a Blob of it, or url with
 *                 an optional session (bearer) and poster (address)
 * @returns {el, focus(), stop()}
 */
export function createPlayback({ seconds, form, kind = form, read = null, url = "", session = null, poster = "" }) {
  const media = h(form === "video" ? "video" : "audio", { class: "playback__media", preload: "none", playsinline: true, poster: poster || null });
  const label = `${kindOf(kind)}, ${clock(seconds)}`;
  const button = h("button", { type: "button", class: "btn btn--icon playback__play", "aria-label": `Play: ${label}` }, icon("play"));
  const long = Math.max(seconds, 0.1);
  const place = h("input", { type: "range", class: "playback__place", min: 0, max: long, step: 0.1, value: 0, "aria-label": "Place in the recording" });
  const time = h("span", { class: "playback__time" }, clock(seconds));
  const trouble = h("p", { class: "playback__trouble", role: "status" });
  const bar = h("div", { class: "playback__bar" }, button, place, time);
  const el = h("div", { class: `playback playback--${form}` }, form === "video" && media, bar, trouble);
  let own = "";

  async function load() {
    if (media.src) return;
    if (!read && !session) {
      media.src = url;
      return;
    }
    if (read) own = URL.createObjectURL(await read());
    else {
      const response = await fetch(url, { headers: { Authorization: `Bearer ${session}` }, cache: "no-store" });
      if (!response.ok) throw await refusal(response);
      own = URL.createObjectURL(await response.blob());
    }
    media.src = own;
  }

  async function start() {
    trouble.textContent = "";
    if (playing && playing !== media) playing.pause();
    playing = media;
    try {
      await load();
      await media.play();
    } catch (error) {
      if (error.name !== "AbortError") trouble.textContent = await reason(error);
    }
  }

  /** The server's own sentence for why it can't be played now, if it has one. */
  async function reason(error) {
    if (error.status) return error.message;
    if (!url || session) return TROUBLE;
    media.removeAttribute("src");
    const response = await fetch(url, { headers: { Range: "bytes=0-0" }, cache: "no-store" }).catch(() => null);
    return response && !response.ok ? (await refusal(response)).message : TROUBLE;
  }

  const shown = () => {
    place.value = media.currentTime;
    place.setAttribute("aria-valuetext", `${clock(media.currentTime)} of ${clock(seconds)}`);
    time.textContent = clock(media.paused && media.currentTime === 0 ? seconds : media.currentTime);
  };
  const turned = () => {
    const on = !media.paused && !media.ended;
    button.replaceChildren(icon(on ? "pause" : "play"));
    button.setAttribute("aria-label", `${on ? "Pause" : "Play"}: ${label}`);
    shown();
  };
  button.addEventListener("click", () => (media.paused ? start() : media.pause()));
  place.addEventListener("input", async () => {
    await load().catch(() => null);
    media.currentTime = Number(place.value);
    shown();
  });
  media.addEventListener("timeupdate", shown);
  for (const kind of ["play", "pause", "ended"]) media.addEventListener(kind, turned);
  shown();
  if (read && form === "video") {
    media.preload = "metadata"; // its first picture, instead of an empty frame
    load().catch(() => null);
  }
  return {
    el,
    focus: () => button.focus(),
    stop() {
      media.pause();
      if (own) URL.revokeObjectURL(own);
      own = "";
      media.removeAttribute("src");
    },
  };
}

/** How long a file is, in seconds; 0 where the browser can't tell. */
export function lengthOf(file) {
  const media = h("audio", { preload: "metadata" });
  const url = URL.createObjectURL(file);
  return new Promise((done) => {
    const end = (seconds) => (URL.revokeObjectURL(url), done(Number.isFinite(seconds) ? seconds : 0));
    media.onloadedmetadata = () => end(media.duration);
    media.onerror = () => end(0);
    setTimeout(() => end(0), 4000);
    media.src = url;
  });
}
