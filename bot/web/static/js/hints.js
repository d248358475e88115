// One quiet line that says what to try next; it moves on when it happened, in whatever order it did.

import { h, icon } from "./dom.js";
import { load, save } from "./store.js";

const STEPS = [
  ["start", "Tap Start on the phone: the candidate opens the invitation."],
  ["consent", "Answer Parley's first questions on the phone. Nothing begins without a yes."],
  ["answer", "Write an answer as the candidate, in as many messages as you like."],
  ["done", "Tap the green button above the box when the answer is complete."],
  ["command", "Type /interview help in the recruiter's command line."],
  ["schedule", "Ask the candidate for a time: choose /interview schedule in the command line, then Ask them."],
  ["book", "On the phone, say where the candidate is, then choose a day and a time."],
  ["clock", "Move the clock forward: reminders and deadlines happen when they are due."],
  ["rate", "Choose a team member and rate the answers in their private messages."],
  ["reveal", "Rate as everybody else too. The seal opens for all of them at once."],
];

/** @returns {did(name)} */
export function createHints(el) {
  const done = new Set(load("parley.hints", []));
  let dismissed = load("parley.hints.off", false);

  function draw() {
    const at = STEPS.findIndex(([name]) => !done.has(name));
    if (dismissed || at < 0) return el.replaceChildren();
    const close = h("button", { type: "button", class: "btn btn--quiet btn--icon", "aria-label": "Hide these hints", onclick: hide }, icon("close"));
    return el.replaceChildren(
      h("div", { class: "hint" },
        h("span", { class: "hint__n", "aria-hidden": "true" }, at + 1),
        h("p", { class: "hint__words", role: "status" }, STEPS[at][1]),
        h("span", { class: "hint__of" }, `${done.size} of ${STEPS.length} done`),
        close),
    );
  }

  function hide() {
    dismissed = true;
    save("parley.hints.off", true);
    draw();
  }

  draw();
  return {
    did(name) {
      if (done.has(name)) return;
      done.add(name);
      save("parley.hints", [...done]);
      draw();
    },
  };
}
