// The middle of the stage: the hiring channel as one of its members sees it, and that member's private messages.

import { call } from "./api.js";
import { h, hidden, icon } from "./dom.js";
import { createSegments } from "./segments.js";
import { mountThread } from "./thread.js";

const EVERY_MS = 6000;
const EMPTY_CHANNEL = "Nothing here yet. When a candidate has finished, their sealed scorecard is posted here.";
const $ = (id) => document.getElementById(id);

/**
 * @param options  people, channel, shellPerson (their private messages are the command line), now,
 *                 onMessage, onSent, onReveal
 */
export function createDesk({ people, channel, shellPerson, now, onMessage, onSent, onReveal }) {
  const colours = Object.fromEntries(people.map((p) => [p.name, p.colour]));
  const counts = new Map(people.map((p) => [p.name, 0]));
  const shown = new Map(); // name -> ids that were counted, so that a poll counts nothing twice
  let current = people.find((p) => p !== shellPerson) ?? people[0];
  let mounted = [];
  const panes = [
    { id: "channel", label: channel.name, icon: "people", el: $("pane-channel") },
    { id: "private", label: "Private with Parley", icon: "lock", el: $("pane-private") },
  ];
  const segments = createSegments({ label: "What you are reading", panes, onShow: () => mounted.forEach((m) => m.refit()) });
  $("desk-switch").append(segments.el);
  $("h-team").textContent = channel.name;
  const buttons = new Map(people.map((p) => [p, h("button", { type: "button", class: "persona", onclick: () => become(p) })]));
  $("personas").append(...buttons.values());

  function drawPersonas() {
    for (const [person, button] of buttons) {
      const count = counts.get(person.name);
      button.setAttribute("aria-pressed", String(person === current));
      button.replaceChildren(
        h("span", { class: `avatar avatar--${person.colour}`, "aria-hidden": "true" }, [...person.name][0]),
        h("span", { dir: "auto" }, person.name.split(" ")[0]),
        ...(count ? [h("span", { class: "badge" }, count, hidden(" new"))] : []),
      );
    }
    $("team-sub").textContent = current.about || current.role;
  }

  function arrived(place) {
    return (message, fresh) => {
      if (!fresh) return;
      segments.bump(place);
      onMessage(message, fresh);
    };
  }

  /** What a button of a post begins goes on in the own messages of whoever pressed it. */
  const didInChannel = (person) => (event, asked) => {
    onSent(event, asked);
    if (event.kind === "tapped" && person !== shellPerson) segments.show("private");
  };

  function become(person) {
    current = person;
    counts.set(person.name, 0);
    drawPersonas();
    mounted.forEach((m) => m.destroy());
    const common = { session: person.session, me: person.name, colours, level: 3, now, pauseHidden: true, onSent };
    const inChannel = h("div");
    $("pane-channel").replaceChildren(inChannel);
    mounted = [
      mountThread(inChannel, { ...common, thread: channel.id, title: channel.name, variant: "channel", hint: `Write as ${person.name}`, empty: EMPTY_CHANNEL, onMessage: arrived("channel"), onSent: didInChannel(person) }),
    ];
    if (person === shellPerson) {
      $("pane-private").replaceChildren(h("p", { class: "desk__else" }, `${person.name}’s private messages are the command line.`));
      return;
    }
    const alone = h("div");
    $("pane-private").replaceChildren(h("p", { class: "desk__note" }, icon("lock"), `Only ${person.name} can see this`), alone);
    mounted.push(
      mountThread(alone, { ...common, thread: person.thread, title: `${person.name}’s messages with Parley`, hint: "Write to Parley", empty: `Here Parley talks with ${person.name} alone. Choose Rate in the channel to begin.`, onMessage: arrived("private") }),
    );
  }

  /** People who are not on stage have no open stream (six connections are all a browser gives): look in now and then. */
  async function lookIn() {
    if (document.visibilityState === "hidden") return;
    for (const person of people) {
      if (person === current || person === shellPerson) continue;
      try {
        await count(person);
      } catch {
        return; // the open chats already say that the connection is down
      }
    }
  }

  async function count(person) {
    const { messages } = await call(`/threads/${encodeURIComponent(person.thread)}`, { session: person.session });
    const ids = messages.filter((m) => m.from !== "me").map((m) => m.id);
    if (messages.some((m) => m.card?.scores)) onReveal();
    const before = shown.get(person.name) ?? new Set();
    const fresh = ids.filter((id) => !before.has(id));
    shown.set(person.name, new Set(ids));
    if (!fresh.length || person === current) return;
    // Acknowledged here, because no chat of this person is open to do it.
    await call(`/threads/${encodeURIComponent(person.thread)}/seen`, { session: person.session, method: "POST", body: { ids: fresh } });
    counts.set(person.name, counts.get(person.name) + fresh.length);
    drawPersonas();
  }

  become(current);
  lookIn();
  setInterval(lookIn, EVERY_MS);
  return { refit: () => mounted.forEach((m) => m.refit()), follow: () => mounted.forEach((m) => m.follow()) };
}
