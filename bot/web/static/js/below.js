// What stands below one message: folded away, with its count, until somebody opens it.

import { h, icon } from "./dom.js";

/** @returns {el, add(message element), count(), open()}; `el` goes right after the message that it hangs from */
export function createBelow() {
  const words = h("span", {});
  const list = h("div", { class: "below__list" });
  const el = h("details", { class: "below" }, h("summary", { class: "below__summary" }, icon("reply"), words), list);
  const count = () => {
    const n = list.childElementCount;
    words.textContent = n === 1 ? "1 message in this thread" : `${n} messages in this thread`;
    el.hidden = n === 0;
  };
  return {
    el,
    count,
    add: (message) => (list.append(message), count()),
    open: () => (el.open = true),
  };
}
