// A team member's room: the hiring channel beside their own messages with Parley.
import { boot } from "./dom.js";
import { createSegments } from "./segments.js";
import { mountThread } from "./thread.js";

const { me, thread, channel, channelName } = boot();
const panes = [
  { id: "channel", label: channelName, icon: "people", el: document.getElementById("pane-channel") },
  { id: "private", label: "Parley", icon: "lock", el: document.getElementById("pane-private") },
];
const fresh = (id) => (_message, isNew) => isNew && segments.bump(id);
const mounted = [
  mountThread(document.getElementById("channel"), {
    thread: channel, title: channelName, me, variant: "channel", level: 3, hint: `Write to ${channelName}`,
    empty: "Nothing here yet. When a candidate has finished, their sealed scorecard is posted here.", onMessage: fresh("channel"),
  }),
  mountThread(document.getElementById("private"), {
    thread, title: "your messages with Parley", me, level: 3, hint: "Write to Parley, or try /interview help", onMessage: fresh("private"),
  }),
];
const segments = createSegments({
  label: "Rooms", panes, wide: "(min-width: 60rem)",
  onShow: () => mounted.forEach((m) => m.refit()),
});
document.getElementById("rooms").prepend(segments.el);
// An address may lead to one of them: what was begun elsewhere goes on in one's own.
const wanted = location.hash.slice(1);
if (panes.some((p) => p.id === wanted)) segments.show(wanted);
