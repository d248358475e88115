// Motion that explains: options folding into the chosen one, a seal opening. Both are skipped for people who asked for less.

import { calm, h } from "./dom.js";

/** Fold every option but the chosen one away. Resolves when the page may be re-rendered. */
export async function foldOptions(el, chosen) {
  const items = [...el.querySelectorAll(".options__item")];
  if (calm() || !items.some((item) => item.dataset.option === chosen)) return;
  const folds = items
    .filter((item) => item.dataset.option !== chosen)
    .map((item) => {
      const box = item.getBoundingClientRect();
      item.classList.add("is-folding");
      const from = { height: `${box.height}px`, width: `${box.width}px`, opacity: 1 };
      const to = { height: 0, width: getComputedStyle(item.parentElement).flexDirection === "row" ? 0 : from.width, opacity: 0 };
      return item.animate([from, to], { duration: 260, easing: "cubic-bezier(.4,0,.2,1)", fill: "forwards" }).finished;
    });
  await Promise.allSettled(folds);
}

/** Lay a wax seal over a card that has just been revealed; it parts and goes. */
export function openSeal(el) {
  if (calm()) return;
  const half = (side) => h("span", { class: `seal__half seal__half--${side}` });
  const seal = h("div", { class: "seal", "aria-hidden": "true" }, half("start"), half("end"));
  el.classList.add("has-seal");
  el.append(seal);
  const done = () => {
    seal.remove();
    el.classList.remove("has-seal");
  };
  seal.lastElementChild.addEventListener("animationend", done, { once: true });
}
