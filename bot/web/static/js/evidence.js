// Evidence in the transcript: switched on and off by competency, and found again from the list below an answer.
import { calm } from "./dom.js";

export function showEvidence() {
  const boxes = [...document.querySelectorAll("#legend input")];
  const show = () => {
    const on = new Set(boxes.filter((b) => b.checked).map((b) => b.value));
    for (const mark of document.querySelectorAll("mark.ev")) {
      mark.classList.toggle("ev--off", !mark.dataset.keys.split(" ").some((key) => on.has(key)));
    }
    for (const note of document.querySelectorAll(".note")) note.hidden = !on.has(note.dataset.key);
    for (const beside of document.querySelectorAll("[data-beside]")) beside.hidden = !on.has(beside.dataset.beside);
  };
  for (const box of boxes) box.addEventListener("change", show);
  for (const button of document.querySelectorAll(".note__go")) button.addEventListener("click", () => goTo(button));
  foldOnSmallScreens();
}

/** Show the words that a line of the list is about. */
function goTo(button) {
  const { start, end } = button.dataset;
  for (const mark of document.querySelectorAll("mark.is-here")) mark.classList.remove("is-here");
  const marks = [...button.closest(".utterance").querySelectorAll("mark.ev")];
  const here = marks.filter((m) => Number(m.dataset.at) >= Number(start) && Number(m.dataset.at) < Number(end));
  for (const mark of here) mark.classList.add("is-here");
  here[0]?.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
}

/** Where there is no room beside the answers, what people wrote is one tap away. */
function foldOnSmallScreens() {
  if (matchMedia("(min-width: 64rem)").matches) return;
  for (const beside of document.querySelectorAll("details.beside")) beside.open = false;
}
