// The log of a chat: messages by id, day lines, staying at the end, and own bubbles that wait for the server.

import { createBelow } from "./below.js";
import { h, icon } from "./dom.js";
import { renderDay, renderMessage } from "./message.js";

const NEAR = 80; // px from the end that still count as "reading along"
const GAP = 12; // px left above the message that is shown from its beginning

/** @returns the log; see each method. `env` goes to renderMessage; `busyOf(message)` tells what is on its way. */
export function createLog({ title, level, now, env, busyOf, empty = "" }) {
  const items = new Map(); // id -> {message, el, pending, asked, previous, server, root, below}
  const order = []; // what stands in the log itself
  const nested = []; // what stands below another message
  const all = () => [...order, ...nested];
  const blank = empty ? h("p", { class: "log__empty" }, empty) : null;
  const list = h("div", { class: "log__list" }, blank);
  const scroller = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": title, "aria-busy": "true", tabindex: 0 }, list);
  const jump = h("button", { type: "button", class: "btn log__jump", hidden: true, onclick: () => toVeryEnd() }, "More below", icon("chevron"));
  const el = h("div", { class: "log__frame" }, scroller, jump);
  const full = { ...env, level };

  const atEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
  let following = true;
  let placed = -1; // where we scrolled to ourselves: such a scroll says nothing about the reader
  let unread = null; // the first of the messages that came since the reader last did something
  /** To the newest words; news that are higher than the window are shown from their beginning. */
  const toEnd = () => {
    const first = (unread ?? order.at(-1))?.el;
    const bottom = scroller.scrollHeight - scroller.clientHeight;
    scroller.scrollTop = first ? Math.min(bottom, Math.max(0, first.offsetTop - GAP)) : bottom;
    placed = scroller.scrollTop;
    const newest = order.at(-1)?.el;
    jump.hidden = !newest || newest.offsetTop < placed + scroller.clientHeight - GAP;
  };
  const follow = () => {
    following = true;
    unread = null;
  };
  const toVeryEnd = () => {
    follow();
    scroller.scrollTop = scroller.scrollHeight;
    jump.hidden = true;
    scroller.focus({ preventScroll: true });
  };
  scroller.addEventListener("scroll", () => {
    if (Math.abs(scroller.scrollTop - placed) < 2) return;
    following = atEnd();
    const newest = order.at(-1)?.el;
    if (following || (newest && newest.offsetTop < scroller.scrollTop + scroller.clientHeight / 2)) jump.hidden = true;
    if (following) unread = null;
  });
  new ResizeObserver(() => following && toEnd()).observe(scroller);
  const keepDown = () => following && toEnd();
  scroller.addEventListener("load", keepDown, true); // a picture takes its height only when it is read

  function draw(item) {
    const view = { ...item, parent: item.message.reply_to && item.message.reply_to !== item.root?.message.id ? items.get(item.message.reply_to)?.message : null, busy: busyOf(item.message) };
    const fresh = renderMessage(view, full);
    const focused = item.el?.contains(document.activeElement) ? focusKey(item.el) : null;
    item.el?.replaceWith(fresh);
    item.el = fresh;
    if (focused !== null) refocus(fresh, focused);
    keepDown();
    return fresh;
  }

  /** Someone on the keyboard must not be thrown to the top of the page when the button they pressed is gone. */
  function refocus(fresh, position) {
    const control = fresh.querySelectorAll("button, input, textarea, select")[position];
    (control ?? fresh.querySelector("[tabindex]") ?? scroller).focus({ preventScroll: true });
  }

  /** The message in whose thread this one stands; null for one of the log itself. */
  function rootOf(message) {
    const above = items.get(message.under || message.reply_to);
    const root = above?.root ?? above;
    return root && (message.under || root.below) ? root : null;
  }

  function addBelow(root, item) {
    root.below ??= createBelow();
    if (!root.below.el.isConnected) root.el.after(root.below.el);
    item.previous = nested.findLast((i) => i.root === root)?.message ?? null;
    nested.push(Object.assign(item, { root }));
    items.set(item.message.id, item);
    root.below.add(draw(item));
    if (item.pending) root.below.open(); // just written here, and not read from an earlier visit
    keepDown();
    return item.el;
  }

  function add(message, { pending = false, asked = null }) {
    blank?.remove();
    const root = rootOf(message);
    if (root) return addBelow(root, { message, pending, asked, el: null, server: message });
    const previous = order.at(-1) ?? null;
    const sameDay = previous && new Date(previous.message.at).toDateString() === new Date(message.at).toDateString();
    if (!sameDay) list.append(renderDay(message.at, now()));
    const item = { message, pending, asked, previous: sameDay ? previous.message : null, el: null, server: message };
    items.set(message.id, item);
    order.push(item);
    if (message.from === "me") follow();
    else unread ??= item;
    list.append(draw(item));
    keepDown();
    if (!following) jump.hidden = false;
    return item.el;
  }

  /** Merge `part` into a message and draw it again, unless nothing a reader sees has changed. */
  function change(id, part) {
    const item = items.get(id);
    if (!item || !part) return null;
    const before = JSON.stringify(item.message);
    item.message = { ...item.message, ...part };
    if (part.id) item.server = part;
    return JSON.stringify(item.message) === before && !busyOf(item.message) && !item.el.querySelector(".is-busy") ? item.el : draw(item);
  }

  /** A message of ours came back: the oldest waiting bubble with these words becomes it. False if there is none. */
  function adopt(message) {
    const mine = all().find((i) => i.waits && (i.message.id === message.id || message.event === i.message.id || i.message.text === message.text));
    if (!mine) return false;
    items.delete(mine.message.id);
    Object.assign(mine, { message, server: message, pending: false, waits: false });
    items.set(message.id, mine);
    draw(mine);
    return true;
  }

  const addOwn = (message, options) => {
    const el = add(message, options);
    if (options.pending) items.get(message.id).waits = true;
    return el;
  };

  return {
    el,
    add: addOwn,
    change,
    adopt,
    toEnd,
    keepDown,
    /** The reader did something: what comes next is what they wait for. */
    follow,
    /** Leave the view where it is until the reader moves it. */
    stay() {
      following = false;
      jump.hidden = true;
    },
    /** What was said for a question that is over is sent off: it can't be changed here any more. */
    lock() {
      const open = ({ message, pending }) => (message.editable || message.removable) && !pending;
      for (const item of all().filter(open)) draw(Object.assign(item, { message: { ...item.message, editable: false, removable: false } }));
    },
    last: () => order.findLast((i) => i.message.from !== "me")?.message,
    /** The first control of the named fields in the form with this token. */
    field: (token, keys) =>
      all().findLast((i) => i.message.token === token)?.el.querySelector(keys.map((k) => `[data-field="${CSS.escape(k)}"] :is(input, select, textarea)`).join(",")),
    has: (id) => items.has(id),
    get: (id) => items.get(id)?.message,
    item: (id) => items.get(id)?.el,
    original: (id) => items.get(id)?.server,
    /** The server has it: the "sending" mark goes. */
    settle(id) {
      const item = items.get(id);
      if (item?.pending) draw(Object.assign(item, { pending: false }));
    },
    drop(id) {
      const item = items.get(id);
      item?.el.remove();
      items.delete(id);
      for (const row of [order, nested]) if (row.includes(item)) row.splice(row.indexOf(item), 1);
      item?.root?.below.count();
    },
    /** Draw the messages that ask with this token again (their buttons grey out, or come back). */
    refresh(token) {
      for (const item of all()) if (item.message.token === token && item.message.card) draw(item);
    },
    refreshPending() {
      for (const item of all()) if (item.pending) draw(item);
    },
    /** Whether something of ours was said since the question with this token was put. */
    repliedTo(token) {
      const from = order.findLastIndex((i) => i.message.token === token);
      return order.some((i, at) => i.message.from === "me" && i.message.state !== "gone" && (i.asked === token || (from >= 0 && at > from)));
    },
    /** Fill in history without reading all of it out. */
    quietly(work) {
      scroller.setAttribute("aria-busy", "true");
      work();
      unread = null;
      toEnd();
      requestAnimationFrame(() => {
        toEnd();
        scroller.setAttribute("aria-busy", "false");
      });
    },
  };
}

/** Which control of the element has the focus, by position. */
function focusKey(el) {
  return [...el.querySelectorAll("button, input, textarea, select")].indexOf(document.activeElement);
}
