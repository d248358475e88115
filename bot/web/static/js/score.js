// The revealed scorecard: people's levels and reasons on one side, the machine's evidence on the other, never mixed.

import { h, hidden, icon } from "./dom.js";
import { renderQuote } from "./quote.js";

const LEVELS = [1, 2, 3, 4, 5];
const PHONE = "(max-width: 30rem)";
// The words of flows/words/score_en.py, which the chat platforms show too; tests/adapters/test_layout.py compares them.
const MARK_WORDS = { found: "found", unclear: "unclear", missing: "not found", none: "no evidence asked for" };

/** All competencies; each is a section with a heading of the given level. */
export function renderScores(scores, level) {
  return h(
    "div",
    { class: "scores" },
    scores.map((score) => renderScore(score, level)),
  );
}

/** What is read first stands open: levels, reasons, the first quote, what is missing. The rest is one tap away. */
function renderScore(score, level) {
  const quotes = score.quotes ?? [];
  const marks = score.marks ?? [];
  const title = h(
    `h${level}`,
    { class: "score__title", dir: "auto" },
    score.title,
    score.spread && h("span", { class: "score__spread" }, " ", score.spread),
  );
  if (matchMedia(PHONE).matches) return renderBriefly(score, title);
  return h(
    "section",
    { class: "score" },
    title,
    h(
      "div",
      { class: "score__sides" },
      h("div", { class: "score__people" }, h("p", { class: "label" }, "People"), renderScale(score.levels), renderLevels(score)),
      h(
        "div",
        { class: "score__machine" },
        h("p", { class: "label" }, marks.length > 0 ? "Evidence found by machine" : "Evidence"),
        marks.length > 0 && renderStrip(marks),
        h("p", { class: "score__phrase", dir: "auto" }, score.machine),
        quotes.length > 0 && renderQuote(quotes[0]),
        score.missing?.length > 0 && renderMissing(score.missing),
      ),
    ),
    marks.length > 0 && renderRest(marks, quotes.slice(1)),
  );
}

/** On a phone: levels and how much was found, for a glance. Why is one tap away, and open where people are apart. */
function renderBriefly(score, title) {
  const { quotes = [], marks = [], notes = [], missing = [] } = score;
  const given = score.levels.map(([, level]) => level).filter((level) => level !== null);
  const apart = given.length > 1 && Math.max(...given) - Math.min(...given) >= 2;
  return h(
    "section",
    { class: "score score--brief" },
    title,
    renderScale(score.levels),
    renderLevels({ levels: score.levels }),
    h("div", { class: "score__found" }, marks.length > 0 && renderStrip(marks), h("p", { class: "score__phrase", dir: "auto" }, score.machine)),
    (notes.length > 0 || marks.length > 0) &&
      h(
        "details",
        { class: "score__rest", open: apart },
        h("summary", {}, icon("chevron"), notes.length > 0 ? "Reasons and evidence" : "Evidence", hidden(`: ${score.title}`)),
        notes.length > 0 &&
          h(
            "ul",
            { class: "levels", "aria-label": "Reasons given by people" },
            notes.map(([name, why]) => h("li", {}, h("span", { class: "levels__who", dir: "auto" }, name), h("p", { class: "levels__why", dir: "auto" }, why))),
          ),
        quotes.map(renderQuote),
        missing.length > 0 && renderMissing(missing),
      ),
  );
}

/** The picture; the list below it says the same in words, so the picture is hidden from screen readers. */
function renderScale(levels) {
  const cells = LEVELS.map((n) => {
    const here = levels.filter(([, level]) => level === n);
    const dots = here.map(([name]) => h("span", { class: "dot", title: name }, [...name.trim()][0] ?? "?"));
    return h("span", { class: "scale__cell" }, h("span", { class: "scale__dots" }, dots), h("span", { class: "scale__n" }, n));
  });
  return h("div", { class: "scale", "aria-hidden": "true" }, cells);
}

function renderLevels({ levels, notes = [] }) {
  const why = new Map(notes);
  const items = levels.map(([name, level]) =>
    h(
      "li",
      {},
      h("span", { class: "levels__who", dir: "auto" }, name),
      " ",
      h("b", {}, level === null ? "No basis to rate" : `${level}`),
      level !== null && hidden(" of 5"),
      why.get(name) && h("p", { class: "levels__why", dir: "auto" }, why.get(name)),
    ),
  );
  return h("ul", { class: "levels", "aria-label": "Levels given by people, with their reasons" }, items);
}

/** One small sign for each indicator; the sentence below it says how many were found. */
function renderStrip(marks) {
  const signs = marks.map((mark) => h("span", { class: `sign sign--${mark.status}`, title: `${mark.label}: ${MARK_WORDS[mark.status]}` }, icon(mark.status)));
  return h("div", { class: "strip", "aria-hidden": "true" }, signs);
}

function renderMissing(missing) {
  return h(
    "div",
    { class: "missing" },
    h("p", { class: "label" }, "Not found"),
    h("ul", {}, missing.map((words) => h("li", { dir: "auto" }, words))),
  );
}

function renderRest(marks, quotes) {
  const items = marks.map((mark) =>
    h(
      "li",
      { class: `mark mark--${mark.status}` },
      icon(mark.status),
      h("span", { class: "mark__label", dir: "auto" }, mark.label),
      h("span", { class: "mark__status" }, MARK_WORDS[mark.status] ?? mark.status),
    ),
  );
  const words = quotes.length ? `All ${marks.length} indicators, ${quotes.length} more ${quotes.length === 1 ? "quote" : "quotes"}` : `All ${marks.length} indicators`;
  return h(
    "details",
    { class: "score__rest" },
    h("summary", {}, icon("chevron"), words),
    h("ul", { class: "marks", "aria-label": "Indicators" }, items),
    quotes.map(renderQuote),
  );
}
