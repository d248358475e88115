// The bar above the composer: "that's my answer", and quiet helpers while a question is open.

import { h, icon, localId } from "./dom.js";

/**
 * `onTap(option)` is called for "done" and for the helpers.
 * @returns {el, show(asked, {sent, busy}), close()}: sent = a bubble was sent for this token, busy = a tap is on its way
 */
export function createAskedBar({ onTap }) {
  const el = h("div", { class: "asked", hidden: true });
  const drawer = localId("tools");
  let open = false;

  function show(asked, { sent, busy }) {
    const done = asked?.done && sent;
    const tools = asked?.tools ?? [];
    el.hidden = !done && tools.length === 0;
    if (el.hidden) return el.replaceChildren();
    const hadFocus = el.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const tap = (option) => () => !busy && onTap(option);
    const button = (option, className) =>
      h("button", { type: "button", class: className, "data-key": option.id, "aria-disabled": busy ? "true" : null, title: option.hint || null, onclick: tap(option) }, option.label);
    const toggle = h(
      "button",
      {
        type: "button", class: "btn btn--quiet asked__toggle", "data-key": "toggle",
        "aria-expanded": String(open), "aria-controls": drawer,
        onclick: () => {
          open = !open;
          toggle.setAttribute("aria-expanded", String(open));
          chips.hidden = !open;
        },
      },
      "Need something?",
      icon("chevron"),
    );
    const chips = h("div", { class: "asked__tools", id: drawer, role: "group", "aria-label": "Helpers", hidden: !open }, tools.map((t) => button(t, "chip")));
    el.replaceChildren(
      h("div", { class: "asked__row" }, done && button(asked.done, "btn btn--primary asked__done"), tools.length > 0 && toggle),
      ...(tools.length > 0 ? [chips] : []),
    );
    if (done) el.querySelector(".asked__done").prepend(icon("check"));
    if (hadFocus) el.querySelector(`[data-key="${CSS.escape(hadFocus)}"]`)?.focus();
    return el;
  }

  return { el, show, close: () => (open = false) };
}
