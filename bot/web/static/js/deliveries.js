// Recordings that the person has sent off: they wait here until the server has their event, and come back if it says no.

import { forgetTake, hold, keepTake } from "./takes.js";

/** @param options  onSending(take), onSend(event), onFailed(id): see `createRecorder`; onBack(take, words) */
export class Deliveries {
  #options;
  #sending = new Map(); // id -> {take, noted}
  #held = new Map(); // id -> the function that lets go of it, for other tabs

  constructor(options) {
    this.#options = options;
  }

  has(id) {
    return this.#sending.has(id);
  }

  /** Keep other tabs away from a take. False: one of them has it. */
  async hold(id) {
    const release = await hold(id);
    if (release) this.#held.set(id, release);
    return Boolean(release);
  }

  async forget(id) {
    await forgetTake(id);
    this.#held.get(id)?.();
    this.#held.delete(id);
  }

  /** Its event waits in the queue of an earlier visit. */
  queued(take) {
    this.#sending.set(take.id, { take });
  }

  async deliver(take, upload) {
    const sent = { take };
    this.#sending.set(take.id, sent);
    this.#options.onSending(take);
    try {
      const id = await upload.finish();
      const { form, asked, prepared } = take;
      const seconds = Math.round(take.seconds * 10) / 10;
      this.#options.onSend({ id: take.id, kind: "spoke", upload: id, form, seconds, asked, prepared });
      take.state = "queued";
      sent.noted = keepTake(take).catch(() => null);
    } catch (error) {
      this.#options.onFailed(take.id);
      this.rejected(take.id, error.message);
    }
  }

  /** The server has it: nothing of it has to stay here. */
  async accepted(id) {
    const sent = this.#sending.get(id);
    if (!sent) return;
    this.#sending.delete(id);
    await sent.noted;
    await this.forget(id);
  }

  /** The server will never take it as it is. False: it isn't one of ours. */
  rejected(id, words) {
    const sent = this.#sending.get(id);
    if (!sent) return false;
    this.#sending.delete(id);
    Object.assign(sent.take, { state: "ready", upload: "", received: 0 });
    keepTake(sent.take).catch(() => null);
    this.#options.onBack(sent.take, words);
    return true;
  }
}
