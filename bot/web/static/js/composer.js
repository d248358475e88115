// The place to write: an autosizing box with a draft that survives a reload, a counter, edit and reply modes.

import { h, icon, localId } from "./dom.js";
import { load, save } from "./store.js";

const LIMIT = 40_000;
const COUNT_FROM = 3_000;

/**
 * @param options  {thread, label, onSend(text, mode), variant}; mode = null | {edit: message} | {replyTo: message}
 * @returns {el, setHint, edit(message), reply(message), say(words), sendRest(), restore(text), fit(), focus()}
 */
export function createComposer({ thread, label, onSend, variant }) {
  const key = `parley.draft.${thread}`;
  const ids = { box: localId("composer"), note: localId("note") };
  const box = h("textarea", {
    id: ids.box, class: "composer__box", rows: 1, dir: "auto", "aria-describedby": ids.note,
    autocapitalize: variant === "command" ? "none" : null, spellcheck: variant === "command" ? "false" : null,
  });
  const note = h("p", { class: "composer__note", id: ids.note, role: "status" });
  const count = h("p", { class: "composer__count" });
  const calm = h("p", { class: "composer__rest", role: "status" });
  const banner = h("div", { class: "composer__banner", hidden: true });
  const send = h("button", { type: "submit", class: "btn btn--primary btn--icon composer__send", "aria-label": "Send" }, icon("send"));
  const prompt = variant === "command" && h("span", { class: "composer__prompt", "aria-hidden": "true" }, "›");
  const el = h(
    "form",
    { class: "composer" },
    calm,
    banner,
    h("div", { class: "composer__row" }, prompt, h("label", { class: "sr-only", for: ids.box }, label), box, send),
    h("div", { class: "composer__under" }, note, count),
  );
  let mode = null;
  let past = []; // sent lines, for the arrow keys of the command line
  let at = 0;

  const fit = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
    const length = box.value.length;
    count.textContent = length >= COUNT_FROM ? `${length.toLocaleString()} of ${LIMIT.toLocaleString()} characters` : "";
    count.classList.toggle("is-over", length > LIMIT);
  };
  const put = (text) => {
    box.value = text;
    fit();
  };
  const say = (words) => (note.textContent = words);

  function enter(next, words, text) {
    mode = next;
    const cancel = h("button", { type: "button", class: "btn btn--quiet btn--icon", "aria-label": "Cancel", onclick: leave }, icon("close"));
    banner.replaceChildren(h("p", { dir: "auto" }, words), cancel);
    banner.hidden = false;
    if (text !== undefined) put(text);
    box.focus();
  }

  function leave() {
    if (mode?.edit) put(load(key, ""));
    mode = null;
    banner.hidden = true;
    box.focus();
  }

  function submit() {
    const text = box.value.trim();
    if (!text) return say("There is nothing to send yet. A word or two is enough to begin.");
    if (text.length > LIMIT) {
      return say(`One message holds ${LIMIT.toLocaleString()} characters, and this has ${text.length.toLocaleString()}. You can send it in two.`);
    }
    say("");
    onSend(text, mode);
    if (!mode?.edit) save(key, null);
    past = [...past, text];
    at = past.length;
    const edited = mode?.edit;
    mode = null;
    banner.hidden = true;
    put(edited ? load(key, "") : "");
    box.focus();
  }

  box.addEventListener("input", () => {
    fit();
    if (note.textContent) say("");
    if (!mode?.edit) save(key, box.value);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && mode) leave();
    else if (event.key === "Enter" && !event.shiftKey && (variant === "command" || !matchMedia("(pointer: coarse)").matches)) {
      event.preventDefault();
      submit();
    } else if (variant === "command" && ["ArrowUp", "ArrowDown"].includes(event.key) && !box.value.includes("\n")) {
      at = Math.max(0, Math.min(past.length, at + (event.key === "ArrowUp" ? -1 : 1)));
      if (past.length) put(past[at] ?? "");
    }
  });
  el.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.value = load(key, "");
  requestAnimationFrame(fit);
  return {
    el,
    say,
    /** Words for when nothing is waited for; "" takes them away. */
    rest: (words) => calm.textContent !== (words ?? "") && (calm.textContent = words ?? ""),
    fit,
    focus: () => box.focus(),
    setHint: (words) => {
      box.placeholder = words || "Write a message";
      fit(); // a long hint takes two lines
    },
    edit: (message) => enter({ edit: message }, "Changing your message. The earlier wording is kept with it.", message.text),
    reply: (message) => enter({ replyTo: message }, `Replying to ${message.who || "Parley"}`),
    /** Send what is in the box, if anything. False when it could not be sent. */
    sendRest: () => {
      if (box.value.trim()) submit();
      return !box.value.trim();
    },
    restore: (text) => put(box.value ? `${text}\n${box.value}` : text),
  };
}
