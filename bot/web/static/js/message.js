// One Message -> one element of the log: own words, Parley's, another person's, or a card.

import { renderCard } from "./card.js";
import { clockTime, dayName, h, hidden, icon, paragraphs } from "./dom.js";
import { clock, createPlayback, kindOf } from "./playback.js";

const COLOURS = ["sage", "clay", "plum", "ink"];

/** A colour that stays with a name. */
export function colourOf(name) {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + char.codePointAt(0)) >>> 0;
  return COLOURS[sum % COLOURS.length];
}

export function renderDay(ms, now) {
  return h("p", { class: "day" }, h("span", {}, dayName(ms, now)));
}

/**
 * @param view  {message, previous, parent, pending, busy}: previous = the message above (groups by sender),
 *              parent = the message this one replies to, pending = not yet stored by the server
 * @param env   {level, act, onEdit, onRemove, onReply, colours, waiting}
 */
export function renderMessage(view, env) {
  const { message, previous, parent, pending } = view;
  const mine = message.from === "me";
  const grouped = previous && previous.from === message.from && previous.who === message.who && !message.private === !previous.private;
  const who = mine ? "You" : message.who || "Parley";
  const kind = mine ? "me" : message.from === "person" ? "person" : "parley";
  return h(
    "div",
    { class: `msg msg--${kind}${grouped ? " msg--grouped" : ""}${message.private ? " msg--private" : ""}${pending ? " is-pending" : ""}` },
    kind !== "me" && renderAvatar(kind, who, env.colours),
    h(
      "div",
      { class: "msg__body" },
      h("p", { class: "msg__who" }, h("span", { dir: "auto" }, who), h("time", { datetime: new Date(message.at).toISOString() }, clockTime(message.at))),
      message.private && env.showPrivate && h("p", { class: "msg__private" }, icon("lock"), "Only you can see this"),
      parent && renderParent(parent),
      renderContent(view, env),
      renderMeta(view, env),
    ),
  );
}

function renderAvatar(kind, who, colours) {
  const colour = kind === "parley" ? "parley" : (colours?.[who] ?? colourOf(who));
  const inner = kind === "parley" ? h("img", { src: new URL("../img/mark.svg", import.meta.url).pathname, alt: "", width: 24, height: 24 }) : [...who][0];
  return h("span", { class: `avatar avatar--${colour}`, "aria-hidden": "true" }, inner);
}

function renderParent(parent) {
  const words = parent.text ?? parent.card?.title ?? parent.card?.text ?? "a message";
  const start = words.length > 70 ? `${words.slice(0, 70)}…` : words;
  return h("p", { class: "msg__parent", dir: "auto" }, icon("reply"), hidden("In reply to "), h("b", {}, parent.who || "You"), ` ${start}`);
}

function renderContent({ message, busy }, env) {
  if (message.state === "gone" && !message.card) {
    return h("p", { class: "bubble bubble--gone" }, message.from === "me" ? "You took this back." : "This was taken back.");
  }
  if (message.recording) return renderRecording(message, env);
  const text = message.text && h("div", { class: "bubble" }, paragraphs(message.text));
  const card = message.card && renderCard(message, { level: env.level, act: env.act, busy, problems: env.problemsOf?.(message), session: env.session });
  return [text, card];
}

/** A recording: to be played again once the server has it, with the words that were heard in it. */
function renderRecording({ recording, text }, env) {
  const { id, seconds, form, kept, poster } = recording;
  const label = `${kindOf(form)}, ${clock(seconds)}`;
  const heard = text && h("details", { class: "bubble__words" }, h("summary", {}, icon("chevron"), "Its words"), paragraphs(text));
  const url = `/api/v1/recordings/${encodeURIComponent(id)}`;
  const player = id && kept && createPlayback({ seconds, form: poster ? form : "voice", kind: form, session: env.session, url: `${url}/media`, poster: poster && !env.session ? `${url}/poster` : "" });
  return h("div", { class: "bubble bubble--recording" }, h("p", { class: "bubble__kind" }, icon(form === "video" ? "camera" : "mic"), label), player && player.el, id && !kept && h("p", { class: "bubble__note" }, "The recording has been deleted; its words are kept."), heard);
}

function renderMeta(view, env) {
  const { message, pending } = view;
  if (pending) {
    const part = message.recording?.sent ?? 1;
    return h("p", { class: "msg__meta" }, icon("clock"), part < 1 ? `${env.waiting()}, ${Math.round(part * 100)}\u00a0%` : env.waiting());
  }
  // An answered card of Parley's is edited too; its check mark says so better than a word.
  const edited = message.edited && message.from !== "parley" && message.state !== "gone" && "Edited";
  const canEdit = env.onEdit && message.from === "me" && message.editable && message.state !== "gone";
  const canRemove = canEdit || (env.onRemove && message.from === "me" && message.removable && message.state !== "gone");
  const canReply = env.onReply && message.from !== "me" && !message.private;
  if (!edited && !canRemove && !canReply) return null;
  return h("div", { class: "msg__meta" }, edited, canRemove && renderOwnActions(message, env, canEdit), canReply && renderReply(message, env));
}

function renderReply(message, env) {
  const label = `Reply to ${message.who || "Parley"}`;
  return h("button", { type: "button", class: "msg__action msg__reply", "aria-label": label, title: label, onclick: () => env.onReply(message) }, icon("reply"));
}

/** Taking back asks once more: the question and the button sit in the same place, so a slip is cheap. */
function renderOwnActions(message, env, canEdit) {
  const row = h("span", { class: "msg__actions" });
  const button = (name, words, onclick) => h("button", { type: "button", class: "msg__action", onclick }, name && icon(name), words);
  const start = () => [canEdit && button("edit", "Edit", () => env.onEdit(message)), button("undo", "Take back", ask)].filter(Boolean);
  const ask = () => {
    row.replaceChildren(
      h("span", {}, "Take this back?"),
      button("", "Yes, take it back", () => env.onRemove(message)),
      button("", "Keep it", () => (row.replaceChildren(...start()), row.lastElementChild.focus())),
    );
    row.querySelector("button").focus();
  };
  row.append(...start());
  return row;
}
