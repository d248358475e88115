// Card -> DOM. A card says meaning (flows/cards.py); this file chooses the widget. Text nodes only.

import { h, hidden, icon, paragraphs, safeUrl } from "./dom.js";
import { renderFiles } from "./file.js";
import { renderForm } from "./form.js";
import { newTab, renderQuote } from "./quote.js";
import { renderScores } from "./score.js";
import { renderSounds } from "./sound.js";

const MANY = 6; // more options than this are a select: a wall of buttons is hard to read on a phone
const BRIEF = 16; // so many short ones, such as times of a day, are a grid instead: one tap, and all can be seen

/**
 * @param message  a Message of the wire that has a `card`
 * @param options  level: heading level of the card's title (scores take the next one);
 *                 act(kind, body): a tap or a filled-in form, without it the card cannot be answered;
 *                 busy: an answer to this card is on its way, `busy.option` is the chosen one;
 *                 problems: {field key: sentence} the server found in the form;
 *                 session: bearer of the page, where it has no cookie
 */
export function renderCard(message, { level = 2, act = null, busy = null, problems = null, session = null } = {}) {
  const { card } = message;
  const live = message.state === "live" && Boolean(act) && Boolean(message.token);
  return h(
    "div",
    { class: `card card--${card.tone ?? "plain"}${message.state === "gone" ? " card--gone" : ""}` },
    card.progress && renderProgress(card.progress),
    card.title && h(`h${level}`, { class: "card__title", dir: "auto" }, card.title),
    card.text && h("div", { class: "card__text" }, paragraphs(card.text)),
    card.files && renderFiles(card.files),
    card.rows && renderRows(card.rows, card.title),
    card.quotes?.map(renderQuote),
    card.sounds && message.state !== "gone" && renderSounds(message, session),
    card.scores && renderScores(card.scores, card.title ? level + 1 : level),
    card.links && renderLinks(card.links),
    renderAnswer(message, live, act, busy, problems),
    card.foot && h("p", { class: "card__foot", dir: "auto" }, card.foot),
  );
}

function renderAnswer(message, live, act, busy, problems) {
  const { card } = message;
  if (!card.options && !card.fields) return null;
  if (message.state === "answered") return renderChoice(message);
  if (message.state === "gone") return h("p", { class: "card__closed" }, "No longer open.");
  if (card.fields) return renderForm(message, { live, act, busy, problems });
  const grid = card.options.length > MANY && card.options.length <= BRIEF && card.options.every(isBrief);
  return card.options.length > MANY && !grid
    ? renderSelect(message, live, act, busy)
    : renderButtons(message, live, act, busy, grid);
}

function isBrief({ label, hint = "" }) {
  return label.length < 22 && hint.length < 12;
}

function renderProgress([done, total]) {
  const steps = Array.from({ length: Math.min(total, 24) }, (_, i) =>
    h("span", { class: i < done ? "progress__step progress__step--done" : "progress__step" }),
  );
  return h(
    "p",
    { class: "progress" },
    h("span", { class: "progress__words" }, `${done} of ${total}`),
    h("span", { class: "progress__bar", "aria-hidden": "true" }, steps),
  );
}

function renderRows(rows, title) {
  return h(
    "table",
    { class: "rows", "aria-label": title || "Details" },
    h(
      "tbody",
      {},
      rows.map((row) =>
        h("tr", {}, h("th", { scope: "row", dir: "auto" }, row.label), h("td", { dir: "auto" }, row.value)),
      ),
    ),
  );
}

function renderLinks(links) {
  const items = links.map((link) => {
    const url = safeUrl(link.url);
    if (!url) return h("li", {}, `${link.label}: ${link.url}`);
    return h("li", {}, h("a", { href: url, target: "_blank", rel: "noopener" }, link.label, newTab()));
  });
  return h("ul", { class: "links" }, items);
}

function renderButtons(message, live, act, busy, grid) {
  const buttons = message.card.options.map((option) => {
    const chosen = busy?.option === option.id;
    return h(
      "li",
      { class: "options__item", "data-option": option.id },
      h(
        "button",
        {
          type: "button",
          class: `btn btn--${option.style ?? "plain"} option${chosen ? " option--chosen" : ""}`,
          "aria-disabled": live && !busy ? null : "true",
          onclick: () => live && !busy && act("tapped", { token: message.token, option: option.id }),
        },
        chosen && icon("check"),
        h(
          "span",
          { class: "option__words", dir: "auto" },
          h("span", { class: "option__label" }, option.label),
          option.hint && h("span", { class: "option__hint" }, option.hint),
        ),
      ),
    );
  });
  const short = message.card.options.every((o) => !o.hint && o.label.length < 22);
  const shape = grid ? " options--grid" : short ? " options--short" : "";
  return h("ul", { class: `options${shape}${busy ? " is-busy" : ""}` }, buttons);
}

function renderSelect(message, live, act, busy) {
  const { options, title, text } = message.card;
  const label = title || text.split("\n")[0];
  const off = live && !busy ? null : true;
  const choices = options.map((o) =>
    h("option", { value: o.id, selected: busy?.option === o.id }, o.hint ? `${o.label} (${o.hint})` : o.label),
  );
  const select = h("select", { class: "input", "aria-label": label, disabled: off }, choices);
  if (!busy) select.prepend(h("option", { value: "", selected: true }, "Choose one of the list"));
  const choose = () => {
    if (select.value) act("tapped", { token: message.token, option: select.value });
    else select.focus();
  };
  const button = h("button", { type: "button", class: "btn btn--primary", disabled: off, onclick: choose }, "Choose");
  return h("div", { class: "options-many" }, select, button);
}

function renderChoice(message) {
  const chosen = message.card.options?.find((o) => o.id === message.chosen);
  // Answered in words, which stand below; or time went by without an answer.
  if (!chosen && !message.card.fields) return h("p", { class: "card__closed" }, "No longer open.");
  return h(
    "div",
    { class: "choice-made" },
    h(
      "p",
      { class: "choice-made__line", tabindex: -1 },
      icon("check"),
      hidden("Your choice: "),
      h("span", { dir: "auto" }, chosen?.label ?? "Sent"),
    ),
    message.card.fields && renderFilled(message.card.fields),
  );
}

function renderFilled(fields) {
  const rows = fields
    .filter((f) => f.value)
    .map((f) => ({ label: f.label, value: f.options?.find((o) => o.id === f.value)?.label ?? f.value }));
  return rows.length > 0 && renderRows(rows, "What you sent");
}
