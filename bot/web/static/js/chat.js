// The candidate's page.
import { boot } from "./dom.js";
import { REST, mountThread } from "./thread.js";

const { thread, recording } = boot();
const name = document.title;
const chat = mountThread(document.getElementById("chat"), {
  thread,
  title: "your conversation with Parley",
  rest: REST,
  recording,
  onMessage: (_message, fresh) => {
    if (fresh && document.visibilityState === "hidden") document.title = `New message: ${name}`;
  },
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") document.title = name;
});
// A focused box would open the keyboard of a phone over the first words.
if (!matchMedia("(pointer: coarse)").matches) chat.focus();
