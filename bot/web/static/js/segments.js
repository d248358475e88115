// A switch between panes of which one is shown at a time, with badges for what arrived in the others.

import { h, hidden, icon } from "./dom.js";

/**
 * @param options  label; panes: [{id, label, icon, el}]; onShow(id); always: also hide panes on wide screens,
 *                 wide: the media query above which every pane is shown (ignored with `always`)
 * @returns {el, show(id), bump(id), current()}
 */
export function createSegments({ label, panes, onShow = () => {}, wide = null }) {
  const query = wide ? matchMedia(wide) : null;
  const counts = new Map(panes.map((p) => [p.id, 0]));
  let current = panes[0].id;
  const buttons = new Map(panes.map((p) => [p.id, h("button", { type: "button", "data-segment": p.id, onclick: () => show(p.id) })]));
  const el = h("div", { class: "segments", role: "group", "aria-label": label }, [...buttons.values()]);

  function draw() {
    for (const pane of panes) {
      const count = counts.get(pane.id);
      const button = buttons.get(pane.id);
      button.setAttribute("aria-pressed", String(pane.id === current));
      const badge = count > 0 && h("span", { class: "badge" }, count > 99 ? "99+" : count, hidden(" new"));
      button.replaceChildren(...[pane.icon && icon(pane.icon), h("span", {}, pane.label), badge].filter(Boolean));
      pane.el.hidden = !visible(pane.id);
    }
    el.hidden = Boolean(query?.matches);
  }

  const visible = (id) => Boolean(query?.matches) || id === current;

  function show(id) {
    current = id;
    counts.set(id, 0);
    draw();
    onShow(id);
  }

  query?.addEventListener("change", () => {
    for (const p of panes) if (visible(p.id)) counts.set(p.id, 0);
    draw();
    onShow(current);
  });
  draw();
  return {
    el,
    show,
    current: () => current,
    /** Something new in a pane: counts only while nobody can see it. */
    bump(id) {
      if (visible(id)) return;
      counts.set(id, counts.get(id) + 1);
      draw();
    },
  };
}
