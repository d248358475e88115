// What can be listened to in a message: a named player for each sound. Nothing plays by itself, nothing loads before it is wanted.

import { h } from "./dom.js";

const NOT_NOW = "This can\u2019t be played just now. The words stand above.";
const addresses = new Map(); // where a session isn't a cookie, players can't sign in: path -> promise of an address of the bytes

/** The players of a message of the wire. `session`: its bearer, where it isn't a cookie. */
export function renderSounds(message, session = null) {
  if (!message.id) return null; // shown outside of a chat
  return message.card.sounds.map((sound) => renderSound(`/api/v1/sounds/${encodeURIComponent(message.id)}/${sound.n}`, sound.label, session));
}

function renderSound(path, label, session) {
  const audio = h("audio", { class: "sound__player", controls: true, preload: "none", "aria-label": label, src: session ? null : path });
  const figure = h("figure", { class: "sound" }, h("figcaption", { class: "sound__label", dir: "auto" }, label), audio);
  const failed = () => audio.replaceWith(h("p", { class: "card__closed" }, NOT_NOW));
  audio.addEventListener("error", failed);
  if (session) addressOf(path, session).then((url) => (url ? audio.setAttribute("src", url) : failed()));
  return figure;
}

function addressOf(path, session) {
  if (!addresses.has(path)) addresses.set(path, fetched(path, session));
  return addresses.get(path);
}

async function fetched(path, session) {
  try {
    const answer = await fetch(path, { headers: { Authorization: `Bearer ${session}` }, credentials: "same-origin" });
    if (answer.ok) return URL.createObjectURL(await answer.blob());
  } catch {
    // the line is down: the same as not now
  }
  addresses.delete(path);
  return null;
}
