// Small helpers for building the page. Text always goes in as text nodes: nothing here parses HTML.

const SVG = "http://www.w3.org/2000/svg";
const SPRITE = new URL("../img/icons.svg", import.meta.url).pathname;

/** An element. `attrs`: `on*` functions become listeners, true sets an empty attribute, null and false leave it out. */
export function h(tag, attrs = {}, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attrs)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") el.addEventListener(name.slice(2), value);
    else el.setAttribute(name, value === true ? "" : String(value));
  }
  el.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
  return el;
}

/** One drawing of our own sprite; decorative unless a label is given. */
export function icon(name, label = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon icon--${name}`);
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
}

/** Plain text as paragraphs: a blank line separates them, single line breaks are kept by CSS. */
export function paragraphs(text, className = "") {
  return String(text)
    .split(/\n\s*\n/)
    .filter((part) => part.trim() !== "")
    .map((part) => part.trim() === "---" ? h("hr") : h("p", { class: className || null, dir: "auto" }, part.trim()));
}

/** The address if it is safe to link to (http, https, mailto or a path of ours), else null. */
export function safeUrl(url) {
  try {
    const parsed = new URL(url, location.href);
    return ["http:", "https:", "mailto:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

export const hidden = (text) => h("span", { class: "sr-only" }, text);

let counter = 0;
/** An id that is unique in this page, for labels and descriptions. */
export const localId = (prefix) => `${prefix}-${++counter}`;

/** A random id for an event; `randomUUID` exists only in secure contexts, so there is a second way. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

export const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export const clockTime = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** "Today", "Yesterday" or a date, seen from `now` (ms). */
export function dayName(ms, now) {
  const day = new Date(ms);
  const sameDay = (other) => day.toDateString() === new Date(other).toDateString();
  if (sameDay(now)) return "Today";
  if (sameDay(now - 86_400_000)) return "Yesterday";
  return day.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
}

/** Data the server put into the page. */
export function boot() {
  return JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
}

export const wait = (ms) => new Promise((done) => setTimeout(done, ms));
