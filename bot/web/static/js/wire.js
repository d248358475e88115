// The client side of the web wire: history, live stream, an outbound queue that survives closing the tab,
// and acknowledgements. It knows nothing of the page; it tells what happened by events:
//   history {thread}, message {message}, update {message}, asked {asked}, typing {on},
//   state {state, message}   state: "connecting" | "connected" | "reconnecting" | "refused"
//   accepted {id}, rejected {event, message}, problems {event, problems}   problems: field key -> sentence

import { Refusal, call, refusal } from "./api.js";
import { uuid, wait } from "./dom.js";
import { readEvents } from "./sse.js";
import { load, save } from "./store.js";

const SILENCE_MS = 45_000; // the server sends at least a comment every 15 s; three missed ones mean a dead line
const BACKOFF_MS = [500, 1000, 2000, 3000, 5000]; // nobody should wait long for a server that is back
const BATCH = 20;

const mustStop = (error) => error instanceof Refusal && [401, 403].includes(error.status);
const hopeless = (error) =>
  error instanceof Refusal && error.status >= 400 && error.status < 500 && ![401, 403, 408, 425, 429].includes(error.status);

export class Wire extends EventTarget {
  #thread;
  #session;
  #cursor = null;
  #state = "connecting";
  #stopped = false;
  #abort = null;
  #failures = 0;
  #unacknowledged = new Set();
  #sending = null;
  #streaming = false;
  #wake = null;
  #pauseHidden;
  #listeners = new AbortController();

  /** `pauseHidden`: let go of the connection while the tab is hidden (browsers allow six per server). */
  constructor({ thread, session = null, pauseHidden = false }) {
    super();
    this.#thread = thread;
    this.#session = session;
    this.#pauseHidden = pauseHidden;
  }

  get state() {
    return this.#state;
  }

  start() {
    const { signal } = this.#listeners;
    addEventListener("online", () => this.#nudge(), { signal });
    document.addEventListener("visibilitychange", () => this.#onVisibility(), { signal });
    this.#run();
    return this;
  }

  stop() {
    this.#stopped = true;
    this.#listeners.abort();
    this.#abort?.abort();
    this.#wake?.();
  }

  /** What waits to be sent, oldest first. Read from storage each time: another tab may have sent it. */
  queued() {
    return load(this.#key(), []);
  }

  /** Queue one event and start sending. Gives the event with its id. */
  send(event) {
    const full = { id: uuid(), ...event };
    save(this.#key(), [...this.queued(), full]);
    this.#post();
    return full;
  }

  /** Acknowledge shown messages; they travel with the next call. */
  seen(ids) {
    for (const id of ids) this.#unacknowledged.add(id);
    if (this.#unacknowledged.size) queueMicrotask(() => this.#post());
  }

  #key() {
    return `parley.queue.${this.#thread}`;
  }

  #path(rest = "") {
    return `/threads/${encodeURIComponent(this.#thread)}${rest}`;
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #become(state, message = "") {
    if (this.#state === state) return;
    this.#state = state;
    this.#tell("state", { state, message });
  }

  #onVisibility() {
    if (document.visibilityState === "visible") this.#nudge();
    else if (this.#pauseHidden) this.#abort?.abort();
  }

  #nudge() {
    this.#failures = 0;
    this.#wake?.();
    this.#post();
  }

  async #run() {
    while (!this.#stopped) {
      if (this.#pauseHidden && document.visibilityState === "hidden") {
        await this.#sleep(3_600_000);
        continue;
      }
      try {
        await this.#connect();
      } catch (error) {
        if (mustStop(error)) return this.#become("refused", error.message);
        if (hopeless(error)) {
          if (this.#cursor === null) return this.#become("refused", error.message);
          this.#cursor = null; // the server does not know our place any more: read everything again
        }
        if (!this.#stopped && document.visibilityState === "visible") this.#become("reconnecting");
      }
      const pause = BACKOFF_MS[Math.min(this.#failures++, BACKOFF_MS.length - 1)];
      await this.#sleep(pause * (0.75 + Math.random() / 2));
    }
  }

  /** Sleep that a nudge (online again, tab shown again) ends early. */
  async #sleep(ms) {
    await Promise.race([wait(ms), new Promise((done) => (this.#wake = done))]);
    this.#wake = null;
  }

  async #connect() {
    // Words from an earlier visit go first, so that the history already contains them and nothing shows twice.
    await this.#post();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    if (this.#cursor === null) {
      const thread = await call(this.#path(), { session: this.#session, signal });
      this.#cursor = thread.cursor;
      this.#tell("history", { thread });
    }
    await this.#stream(signal);
  }

  async #stream(signal) {
    const headers = { Accept: "text/event-stream" };
    if (this.#session) headers.Authorization = `Bearer ${this.#session}`;
    const url = `/api/v1${this.#path("/stream")}?after=${encodeURIComponent(this.#cursor)}`;
    let watchdog = setTimeout(() => this.#abort.abort(), SILENCE_MS);
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => this.#abort.abort(), SILENCE_MS);
    };
    try {
      const response = await fetch(url, { headers, signal, credentials: "same-origin", cache: "no-store" });
      if (!response.ok) throw await refusal(response);
      this.#failures = 0;
      this.#streaming = true;
      this.#become("connected");
      this.#post();
      for await (const event of readEvents(response, alive)) this.#arrived(event);
    } finally {
      this.#streaming = false;
      clearTimeout(watchdog);
    }
  }

  #arrived({ id, event, data }) {
    const value = JSON.parse(data);
    if (event === "message" || event === "update") this.#tell(event, { message: value });
    else if (event === "asked") this.#tell("asked", { asked: value });
    else if (event === "typing") this.#tell("typing", value);
    if (id !== null) this.#cursor = id; // only after it was shown
  }

  /** Send what waits, one batch after the other; at most one such loop runs. Never throws: the queue keeps the rest. */
  #post() {
    this.#sending ??= this.#drain().finally(() => (this.#sending = null));
    return this.#sending;
  }

  async #drain() {
    let size = BATCH;
    for (let tries = 0; !this.#stopped; ) {
      const events = this.queued().slice(0, size);
      const seen = [...this.#unacknowledged];
      if (!events.length && !seen.length) return;
      try {
        const done = await this.#deliver(events, seen);
        tries = done ? 0 : tries + 1;
        if (done && !events.length) continue;
      } catch (error) {
        if (mustStop(error)) return this.#become("refused", error.message);
        if (hopeless(error)) {
          if (events.length > 1) size = 1; // find out which one it is
          else this.#giveUp(events[0], seen, error);
          continue;
        }
        if (this.#state === "connected" && !(error instanceof Refusal)) this.#become("reconnecting");
        if (error.retryAfter) await wait(error.retryAfter * 1000);
        tries += 1;
      }
      if (tries > 2) return this.#later();
      if (tries) await wait(BACKOFF_MS[tries]);
    }
  }

  async #deliver(events, seen) {
    const options = { session: this.#session, method: "POST" };
    let done = true;
    if (events.length) {
      const body = seen.length ? { events, seen } : { events };
      const { accepted, problems } = await call(this.#path("/events"), { ...options, body });
      save(this.#key(), this.queued().filter((e) => !accepted.includes(e.id)));
      for (const id of accepted) this.#tell("accepted", { id });
      const form = problems && events.findLast((e) => e.kind === "submitted");
      if (form) this.#tell("problems", { event: form, problems });
      done = accepted.length > 0;
    } else await call(this.#path("/seen"), { ...options, body: { ids: seen } });
    for (const id of seen) this.#unacknowledged.delete(id);
    if (this.#streaming) this.#become("connected");
    return done;
  }

  #giveUp(event, seen, error) {
    if (!event) {
      for (const id of seen) this.#unacknowledged.delete(id); // it will be delivered, and acknowledged, again
      return;
    }
    save(this.#key(), this.queued().filter((e) => e.id !== event.id));
    this.#tell("rejected", { event, message: error.message });
  }

  #later() {
    setTimeout(() => !this.#stopped && this.#post(), BACKOFF_MS.at(-1));
  }
}
