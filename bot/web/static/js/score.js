// The revealed scorecard: people's levels as dots on one scale, the machine's evidence beside them, never mixed.

import { h, hidden, icon } from "./dom.js";
import { renderQuote } from "./quote.js";

const LEVELS = [1, 2, 3, 4, 5];
const MARK_WORDS = { found: "found", unclear: "unclear", missing: "not heard", none: "no evidence asked for" };

/** All competencies; each is a section with a heading of the given level. */
export function renderScores(scores, level) {
  return h(
    "div",
    { class: "scores" },
    scores.map((score) => renderScore(score, level)),
  );
}

function renderScore(score, level) {
  return h(
    "div",
    { class: "score" },
    h(`h${level}`, { class: "score__title", dir: "auto" }, score.title),
    h(
      "div",
      { class: "score__measures" },
      h("div", { class: "score__people" }, renderScale(score.levels), renderLevels(score.levels)),
      h("p", { class: "score__machine" }, h("span", { class: "label" }, "Evidence found by machine"), score.machine),
    ),
    score.marks?.length > 0 && renderMarks(score.marks),
    score.quotes?.map(renderQuote),
    score.missing?.length > 0 && renderMissing(score.missing),
    score.notes?.length > 0 && renderNotes(score.notes),
  );
}

/** The picture; the list beside it says the same in words, so the picture is hidden from screen readers. */
function renderScale(levels) {
  const cells = LEVELS.map((n) => {
    const here = levels.filter(([, level]) => level === n);
    const dots = here.map(([name]) => h("span", { class: "dot", title: name }, [...name.trim()][0] ?? "?"));
    return h("span", { class: "scale__cell" }, h("span", { class: "scale__dots" }, dots), h("span", { class: "scale__n" }, n));
  });
  return h("div", { class: "scale", "aria-hidden": "true" }, cells);
}

function renderLevels(levels) {
  const items = levels.map(([name, level]) =>
    h("li", {}, h("span", { dir: "auto" }, name), " ", h("b", {}, level === null ? "no basis to rate" : `${level}`), level !== null && hidden(" of 5")),
  );
  return h("ul", { class: "levels", "aria-label": "Levels given by people" }, items);
}

function renderMarks(marks) {
  const items = marks.map((mark) =>
    h(
      "li",
      { class: `mark mark--${mark.status}` },
      icon(mark.status),
      h("span", { class: "mark__label", dir: "auto" }, mark.label),
      h("span", { class: "mark__status" }, MARK_WORDS[mark.status] ?? mark.status),
    ),
  );
  return h("ul", { class: "marks", "aria-label": "Indicators" }, items);
}

function renderMissing(missing) {
  return h(
    "div",
    { class: "missing" },
    h("p", { class: "label" }, "Not in the answers"),
    h("ul", {}, missing.map((words) => h("li", { dir: "auto" }, words))),
  );
}

function renderNotes(notes) {
  return h(
    "details",
    { class: "notes" },
    h("summary", {}, icon("chevron"), `Reasons people gave (${notes.length})`),
    h(
      "dl",
      {},
      notes.map(([name, words]) => [h("dt", { dir: "auto" }, name), h("dd", { dir: "auto" }, words)]),
    ),
  );
}
