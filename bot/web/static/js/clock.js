// The clock bar: what time Parley thinks it is, the next thing that happens, and moving forward.

import { call } from "./api.js";
import { h, icon } from "./dom.js";

const SKIPS = [
  ["+15 min", 15],
  ["+1 h", 60],
  ["+1 day", 1440],
];
const when = (ms) => new Date(ms).toLocaleString([], { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** @returns {now(): ms, sync(demo)}; `onMoved(fired)` is told after each jump. */
export function createClock({ el, firedPlace, onMoved }) {
  let offset = 0; // Parley's time minus the browser's, ms
  const time = h("span", { class: "clock__time" });
  const next = h("span", { class: "clock__next", dir: "auto" });
  const jump = (body) => async (event) => {
    const buttons = [...el.querySelectorAll("button")];
    buttons.forEach((b) => (b.disabled = true));
    try {
      const { now, fired } = await call("/demo/clock", { method: "POST", body });
      offset = now - Date.now();
      show();
      tell(fired);
      onMoved(fired);
    } catch (error) {
      tellTrouble(error.message);
    } finally {
      buttons.forEach((b) => (b.disabled = false));
      event.target.closest("button").focus();
    }
  };
  const skip = ([label, minutes]) => h("button", { type: "button", class: "btn", onclick: jump({ minutes }) }, label);
  const toNext = h("button", { type: "button", class: "btn btn--primary", onclick: jump({ to: "next" }) }, icon("forward"), "Next thing");
  el.append(h("p", { class: "clock__now" }, time, next), h("div", { class: "clock__skips" }, SKIPS.map(skip)), toNext);

  function show() {
    time.textContent = when(Date.now() + offset);
  }

  function dismissable(...content) {
    const close = h("button", { type: "button", class: "btn btn--quiet btn--icon", "aria-label": "Close", onclick: () => firedPlace.replaceChildren() }, icon("close"));
    firedPlace.replaceChildren(h("div", { class: "fired" }, content, close));
  }

  function tell(fired) {
    const items = fired.map((f) => h("li", { dir: "auto" }, `${when(f.at)}: ${f.what}`));
    dismissable(icon("clock"), fired.length ? h("ul", { "aria-label": "What happened meanwhile" }, items) : h("ul", {}, h("li", {}, "Nothing was due in that time.")));
  }

  function tellTrouble(words) {
    dismissable(icon("warn"), h("ul", {}, h("li", {}, words)));
  }

  setInterval(show, 1000);
  return {
    now: () => Date.now() + offset,
    sync(demo) {
      offset = demo.now - Date.now();
      show();
      next.textContent = demo.next_timer ? `Next: ${demo.next_timer.what}, ${when(demo.next_timer.at)}` : "Nothing is planned yet";
      toNext.hidden = !demo.next_timer;
    },
  };
}
