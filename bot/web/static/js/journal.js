// The drawer that shows the journal growing: what Parley durably knows, line by line.

import { call } from "./api.js";
import { clockTime, h, icon } from "./dom.js";

const EVERY_MS = 2500;

/** @returns {poke()}: look again soon. The drawer asks the server only while it is open. */
export function createJournal(el) {
  let open = false;
  let conversations = [];
  let chosen = null; // conversation id; null = the one that moved last
  const known = new Map(); // conversation id -> how many entries were shown
  const toggle = h("button", { type: "button", class: "btn btn--quiet", "aria-expanded": "false", "aria-controls": "journal-body", onclick: flip }, icon("book"), "Journal", icon("chevron"));
  const pick = h("select", { class: "input", "aria-label": "Conversation", hidden: true, onchange: () => ((chosen = pick.value), draw()) });
  const body = h("div", { class: "journal__body", id: "journal-body", hidden: true, tabindex: 0, role: "region", "aria-label": "Journal entries" });
  el.append(h("div", { class: "journal__bar" }, toggle, pick), body);

  function flip() {
    open = !open;
    toggle.setAttribute("aria-expanded", String(open));
    body.hidden = !open;
    pick.hidden = !open || conversations.length === 0;
    if (open) look();
  }

  async function look() {
    if (!open || document.visibilityState === "hidden") return;
    try {
      ({ conversations } = await call("/demo/journal"));
      draw();
    } catch (error) {
      if (!body.childElementCount) body.replaceChildren(h("p", {}, error.message));
    }
  }

  const lastAt = (c) => c.entries.at(-1)?.at ?? 0;

  function draw() {
    pick.hidden = conversations.length === 0;
    if (!conversations.length) return body.replaceChildren(h("p", {}, "Nothing is written down yet. Start the interview on the phone."));
    const newest = conversations.reduce((a, b) => (lastAt(b) > lastAt(a) ? b : a));
    const shown = conversations.find((c) => c.id === chosen) ?? newest;
    drawPick(shown);
    const before = known.get(shown.id) ?? shown.entries.length;
    known.set(shown.id, shown.entries.length);
    const same = body.dataset.shown === `${shown.id}:${shown.entries.length}`;
    if (same) return;
    body.dataset.shown = `${shown.id}:${shown.entries.length}`;
    body.replaceChildren(table(shown, before));
    body.scrollTop = body.scrollHeight;
    setTimeout(() => body.querySelectorAll(".is-new").forEach((row) => row.classList.remove("is-new")), 2500);
  }

  function drawPick(shown) {
    if (document.activeElement === pick) return;
    pick.replaceChildren(...conversations.map((c) => h("option", { value: c.id, selected: c.id === shown.id }, `${c.who}: ${c.flow}, ${c.state}`)));
  }

  setInterval(look, EVERY_MS);
  return { poke: () => setTimeout(look, 300) };
}

function table(conversation, before) {
  const words = (value) => (typeof value === "string" ? value : JSON.stringify(value));
  const row = (entry, i) =>
    h("tr", { class: i >= before ? "is-new" : null },
      h("td", {}, entry.n), h("td", {}, entry.key), h("td", {}, entry.kind),
      h("td", { class: "journal__value", dir: "auto" }, words(entry.value)), h("td", {}, clockTime(entry.at)));
  const heads = ["#", "Key", "Kind", "Value", "Time"].map((t) => h("th", { scope: "col" }, t));
  return h("table", { "aria-label": `${conversation.who}: ${conversation.flow}` }, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, conversation.entries.map(row)));
}
