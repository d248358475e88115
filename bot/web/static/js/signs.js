// Two small signs between the log and the composer: Parley is writing; the connection is down.

import { h, hidden, icon } from "./dom.js";

const TYPING_MS = 30_000; // a lost "off" must not leave the dots dancing
const BLIP_MS = 1200; // a shorter break is not worth a word
const WORDS = {
  reconnecting: "Your words are safe; sending as soon as the connection is back.",
  refused: "This page is signed out. Please open your link again.",
};

/** @returns {el, show(on)} */
export function createTyping() {
  const el = h("div", { class: "typing", role: "status" });
  let timer = 0;
  function show(on) {
    clearTimeout(timer);
    if (!on) return el.replaceChildren();
    timer = setTimeout(() => show(false), TYPING_MS);
    if (el.childElementCount) return undefined;
    const dots = h("span", { class: "typing__dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    return el.replaceChildren(dots, hidden("Parley is writing"));
  }
  return { el, show };
}

/** @returns {el, show({state, message}), clear()}; `onShown` is called whenever the sign changed. */
export function createTrouble(onShown) {
  const el = h("p", { class: "trouble", role: "status", hidden: true });
  let timer = 0;
  function draw(state, words) {
    el.hidden = !words;
    el.replaceChildren(...(words ? [icon(state === "refused" ? "warn" : "clock"), words] : []));
    onShown();
  }
  return {
    el,
    clear: () => clearTimeout(timer),
    show({ state, message }) {
      clearTimeout(timer);
      const words = WORDS[state] && (message || WORDS[state]);
      if (state === "reconnecting") timer = setTimeout(() => draw(state, words), BLIP_MS);
      else draw(state, words);
    },
  };
}
