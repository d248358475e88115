// Remarks on a moment: choose words or take a whole answer, write, and read what others wrote once that is open.
import { clockTime, h, hidden, uuid } from "./dom.js";
import { chosenWords, wordsAt } from "./places.js";
import { audible, hear } from "./player.js";
import { ask } from "./review-api.js";

export function showRemarks(interview, first) {
  const box = document.getElementById("remark-box");
  const at = (id) => document.getElementById(id);
  const text = at("remark-text");
  const quote = at("remark-quote");
  const problem = at("remark-problem");
  const said = at("said");
  let moment = null; // {utterance, start, end, under}: what is being remarked on
  let event = "";
  let back = null; // where the keyboard was

  const draw = (all) => {
    for (const list of document.querySelectorAll("[data-remarks]")) {
      const own = all.filter((r) => r.utterance === list.dataset.remarks);
      if (list.contains(box)) list.after(box); // it must not go with what is drawn anew
      list.replaceChildren(...own.filter((r) => !r.under).map((r) => remark(r, own)));
    }
  };

  const remark = (r, own) => {
    const words = r.end > r.start && !r.under ? wordsAt(r.utterance, r.start, r.end) : "";
    const answers = own.filter((other) => other.under === r.id);
    return h(
      "li",
      { class: "remark", id: r.id },
      h(
        "p",
        { class: "remark__who" },
        h("b", { dir: "auto" }, r.mine ? "You" : r.who),
        h("span", {}, new Date(r.at).toLocaleDateString([], { day: "numeric", month: "long" }), ", ", clockTime(r.at)),
        !r.shared && h("span", {}, "Only you can see this"),
      ),
      words && h("blockquote", { class: "remark__quote", dir: "auto" }, words),
      h("p", { class: "remark__text", dir: "auto" }, r.text),
      h(
        "p",
        { class: "remark__buttons" },
        words && audible(r.utterance) && button("Hear it", r, () => hear(r.utterance, r.start, r.end)),
        r.shared && !r.under && button("Reply", r, (el) => open({ utterance: r.utterance, start: 0, end: 0, under: r.id }, el.closest(".remark"), `Your reply to ${r.mine ? "your comment" : r.who}`, "")),
        r.mine && button("Remove", r, () => remove(r)),
      ),
      answers.length > 0 && h("ul", { class: "remarks" }, answers.map((a) => remark(a, own))),
    );
  };

  const button = (words, r, act) =>
    h("button", { type: "button", class: "btn btn--quiet", onclick: (e) => act(e.currentTarget) }, words, hidden(`: ${r.text.slice(0, 60)}`));

  const open = (next, after, label, words) => {
    moment = next;
    event = uuid();
    back = document.activeElement;
    after.append(box);
    at("remark-label").textContent = label;
    quote.textContent = words;
    quote.hidden = words === "";
    problem.textContent = "";
    box.hidden = false;
    at("chosen").hidden = true;
    text.focus();
  };

  const close = () => {
    box.hidden = true;
    document.querySelector("main").append(box);
    text.value = "";
    if (back?.isConnected) back.focus();
  };

  const remove = async (r) => {
    const answer = await ask(`/review/${interview}/remarks/${r.id}`, "DELETE");
    said.textContent = answer.problem ?? "Removed.";
    if (!answer.problem) draw(answer.remarks);
  };

  box.addEventListener("submit", async (e) => {
    e.preventDefault();
    const answer = await ask(`/review/${interview}/remarks`, "POST", { ...moment, text: text.value, event });
    problem.textContent = answer.problem ?? "";
    if (answer.problem) return text.focus();
    close();
    draw(answer.remarks);
    said.textContent = "Kept.";
  });
  box.addEventListener("keydown", (e) => e.key === "Escape" && close());
  at("remark-cancel").addEventListener("click", close);

  for (const el of document.querySelectorAll("[data-remark]")) {
    el.addEventListener("click", () => open({ utterance: el.dataset.remark, start: 0, end: 0, under: "" }, el.parentElement, "Your comment on this answer", ""));
  }
  let chosen = null;
  document.addEventListener("selectionchange", () => {
    chosen = box.hidden ? chosenWords() : null;
    at("chosen").hidden = chosen === null;
    at("chosen-hear").hidden = chosen === null || !audible(chosen.utterance);
  });
  const keep = (e) => e.preventDefault(); // a press must not take the selection away before the click comes
  for (const id of ["chosen-remark", "chosen-hear"]) at(id).addEventListener("pointerdown", keep);
  at("chosen-hear").addEventListener("click", () => hear(chosen.utterance, chosen.start, chosen.end));
  document.addEventListener("parley:remark", ({ detail }) => {
    const words = detail.end > detail.start ? wordsAt(detail.utterance, detail.start, detail.end) : "";
    open({ ...detail, under: "" }, document.getElementById(detail.utterance), words ? "Your comment on this moment" : "Your comment on this answer", words);
  });
  at("chosen-remark").addEventListener("click", () => {
    const { text: words, ...where } = chosen;
    const answer = document.getElementById(where.utterance);
    open({ ...where, under: "" }, answer, "Your comment on these words", words);
  });
  draw(first);
}
