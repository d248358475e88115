// The stage: one candidate, one team, one recruiter, and a clock that can be moved. Demo only.

import { call } from "./api.js";
import { createClock } from "./clock.js";
import { h } from "./dom.js";
import { createHints } from "./hints.js";
import { createJournal } from "./journal.js";
import { createDesk } from "./desk.js";
import { createSegments } from "./segments.js";
import { REST, mountThread } from "./thread.js";

const EVERY_MS = 5000;
const RECORDING = { megabytes: 100, minutes: 10 }; // a rehearsal needs no more
const $ = (id) => document.getElementById(id);
const COMMANDS = ["/interview help", "/interview week support", "/interview pool support", "/interview availability Priya", "/interview calendar"];
// About the candidate, by their first name; the rest of the team is in flows/words/demo_en.py.
const ABOUT = (name) => [`/interview schedule ${name} for 45 min with Priya`, `/interview schedule ${name} for 30 min with any of support`];

let phone = null;
let phoneThread = null;
let shell = null;
let chips = null;
let desk = null;

const hints = createHints($("hint-place"));
const journal = createJournal($("journal"));
const clock = createClock({
  el: $("clock"),
  firedPlace: $("fired-place"),
  onMoved: () => (hints.did("clock"), journal.poke(), [phone, shell, desk].forEach((part) => part?.follow()), refresh()),
});
const stage = createSegments({
  label: "Who you are looking at",
  wide: "(min-width: 56.25rem)",
  panes: [
    { id: "phone", label: "Phone", icon: "phone", el: $("act-phone") },
    { id: "team", label: "Team", icon: "people", el: $("act-team") },
    { id: "shell", label: "Recruiter", icon: "prompt", el: $("act-shell") },
  ],
  onShow: () => [phone, shell, desk].forEach((part) => part?.refit()),
});
$("switch-place").append(stage.el);

function seen(place) {
  return (message, fresh) => {
    if (message.card?.scores) hints.did("reveal");
    if (place === "phone" && message.card?.title === "Booked") hints.did("book");
    if (!fresh) return;
    stage.bump(place);
    journal.poke();
  };
}

function openPhone(candidate) {
  if (!candidate) return closedPhone();
  hints.did("start");
  if (phoneThread === candidate.thread) return undefined;
  phone?.destroy();
  phoneThread = candidate.thread;
  $("h-phone").textContent = `${candidate.name}’s phone`;
  $("phone-sub").textContent = "In a chat with Parley";
  $("again").hidden = false;
  const place = h("div");
  $("phone").replaceWith(place);
  place.id = "phone";
  phone = mountThread(place, {
    thread: candidate.thread, session: candidate.session, me: candidate.name, title: `${candidate.name}’s chat with Parley`,
    level: 3, now: clock.now, pauseHidden: true, onMessage: seen("phone"), onSent: candidateDid, rest: REST, recording: RECORDING,
  });
  return undefined;
}

function candidateDid(event, asked) {
  if (event.kind === "tapped" && event.option === asked?.done?.id && event.token === asked.token) hints.did("done");
  else if (event.kind === "tapped" || event.kind === "submitted") hints.did("consent");
  else if (event.kind === "said" && asked?.done) hints.did("answer");
  else if (event.kind === "spoke") for (const step of ["answer", "done"]) hints.did(step);
  journal.poke();
}

function closedPhone() {
  if (phoneThread !== null || $("phone").childElementCount) return;
  $("phone").className = "phone__invite";
  $("phone").replaceChildren(
    h("h3", {}, "You are invited to an interview"),
    h("p", {}, "A conversation in your own time and your own words."),
    h("button", { type: "button", class: "btn btn--primary", onclick: start }, "Start"),
  );
}

async function start(event) {
  const button = event.currentTarget;
  button.disabled = true;
  try {
    show(await call("/demo/start", { method: "POST", body: {} }));
    phone?.focus();
  } catch (error) {
    $("phone-sub").textContent = error.message;
  } finally {
    button.disabled = false;
  }
}
$("again").addEventListener("click", start);

function openShell(recruiter) {
  if (shell || !recruiter) return;
  $("h-shell").textContent = recruiter.name;
  $("shell-sub").textContent = `${recruiter.role}: commands for Parley`;
  shell = mountThread($("shell"), {
    thread: recruiter.thread, session: recruiter.session, me: recruiter.name, title: `${recruiter.name}’s command line`,
    variant: "command", level: 3, now: clock.now, pauseHidden: true, hint: COMMANDS[0],
    empty: `${recruiter.name} works with commands: invite somebody, ask who waits for whom, open a scorecard early.`,
    onMessage: seen("shell"),
    onSent: ordered,
  });
  chips = h("div", { class: "shell__chips", role: "group", "aria-label": "Commands to try" });
  $("shell").querySelector(".thread__foot").prepend(chips);
}

function ordered(sent) {
  if (sent.kind === "said" && sent.text.startsWith("/")) hints.did("command");
  if (sent.kind === "said" && sent.text.startsWith("/interview schedule ")) hints.did("schedule");
  journal.poke();
}

/** What can be tried now; written anew only for another candidate, so that a focused one stays. */
function suggest(candidate) {
  const name = candidate?.name ?? "";
  if (!chips || chips.dataset.about === name) return;
  chips.dataset.about = name;
  const lines = [...(name ? ABOUT(name.split(" ")[0]) : []), ...COMMANDS];
  chips.replaceChildren(...lines.map((line) => h("button", { type: "button", class: "chip", onclick: () => shell.say(line) }, line)));
}

function show(demo) {
  clock.sync(demo);
  openPhone(demo.candidate);
  const recruiter = demo.people.find((p) => p.role === "recruiter") ?? demo.people.find((p) => p.role === "admin");
  openShell(recruiter);
  suggest(demo.candidate);
  desk ??= createDesk({
    people: demo.people, channel: demo.channel, shellPerson: recruiter, now: clock.now,
    onMessage: seen("team"),
    onSent: (event) => (event.kind === "submitted" && hints.did("rate"), journal.poke()),
    onReveal: () => hints.did("reveal"),
  });
}

async function refresh() {
  if (document.visibilityState === "hidden") return;
  try {
    show(await call("/demo"));
  } catch (error) {
    if (!desk) $("phone-sub").textContent = error.message; // later failures show in the chats themselves
  }
}

refresh();
setInterval(refresh, EVERY_MS);
