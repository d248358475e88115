// The reader's own rating: kept as a draft while it is filled in, submitted in their own chat.
import { ask } from "./review-api.js";

const PAUSE = 800; // ms without a key before a draft is kept

export function keepDraft(interview) {
  const form = document.getElementById("rating");
  if (!form) return;
  const said = document.getElementById("rating-said");
  let timer = 0;
  let last = Promise.resolve();

  const entered = () => {
    const ratings = {};
    for (const one of form.querySelectorAll("[data-key]")) {
      const level = one.querySelector("input:checked")?.value ?? "";
      ratings[one.dataset.key] = { level, why: one.querySelector("textarea").value };
    }
    return { ratings, recommendation: form.querySelector("[name=recommendation]:checked")?.value ?? "" };
  };

  // One after another, so that an older draft never comes last.
  const keep = () => {
    clearTimeout(timer);
    last = last.then(async () => {
      const answer = await ask(`/review/${interview}/draft`, "POST", entered());
      said.textContent = answer.problem ?? answer.say;
      return !answer.problem;
    });
    return last;
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  form.addEventListener("change", keep);
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    if (!(await keep())) return;
    const answer = await ask(`/review/${interview}/rate`, "POST", {});
    said.textContent = answer.problem ?? answer.say;
  });
}
