// Sends a take to the server piece by piece, while it is still being recorded and after a reload too. A piece that was
// lost on the way is sent again; the server says what it has.

import { Refusal, call, refusal } from "./api.js";
import { wait } from "./dom.js";
import { bytesOf, keepTake } from "./takes.js";

const LEAST = 256 * 1024; // while recording, smaller pieces wait for more
const MOST = 1024 * 1024;
const BACKOFF_MS = [1000, 2000, 4000, 8000, 15_000];
const AGAIN = [404, 408, 409, 425, 429]; // and everything from 500 on

/**
 * @param options  thread, session, take; onProgress(received, total), onTrouble(words): "" when it goes on again
 * @returns {more(), finish(): Promise<upload id>, cancel()}  finish rejects with a Refusal for what will never be taken
 */
export function createUpload({ thread, session, take, onProgress = () => {}, onTrouble = () => {} }) {
  let running = null;
  let stopped = false;
  let whole = false;
  let sent = false;
  let size = MOST;
  const request = { session };

  const note = async (received) => {
    take.received = received;
    await keepTake(take).catch(() => null); // what the server has is asked again after a reload
  };

  async function begin() {
    const body = { id: take.id, form: take.form, media_type: take.mime.split(";")[0], prepared: take.prepared };
    const known = await call(`/threads/${encodeURIComponent(thread)}/recordings`, { ...request, method: "POST", body });
    take.upload = known.id;
    await note(known.received);
    return known.state;
  }

  async function put(piece) {
    const headers = { Accept: "application/json", "Content-Type": "application/octet-stream" };
    if (session) headers.Authorization = `Bearer ${session}`;
    const url = `/api/v1/recordings/${encodeURIComponent(take.upload)}?at=${take.received}`;
    const began = performance.now();
    const response = await fetch(url, { method: "PUT", headers, body: piece, credentials: "same-origin", cache: "no-store" });
    take.took = (take.took ?? 0) + performance.now() - began;
    if (response.status === 409) {
      await note((await response.json()).received);
      return;
    }
    if (!response.ok) throw await refusal(response);
    await note((await response.json()).received);
  }

  /** One try at sending what there is; true when nothing is left for now. */
  async function step() {
    if (!take.upload && (await begin()) !== "open") {
      sent = true;
      return true;
    }
    const bytes = await bytesOf(take);
    onProgress(take.received, bytes.size);
    const left = bytes.size - take.received;
    if (left <= 0 || (!whole && left < LEAST)) {
      if (!whole) return true;
      await call(`/recordings/${encodeURIComponent(take.upload)}/done`, { ...request, method: "POST", body: { length: bytes.size, took: Math.round(take.took ?? 0) } });
      sent = true;
      return true;
    }
    await put(bytes.slice(take.received, take.received + size));
    return false;
  }

  async function run() {
    for (let failures = 0; !stopped; ) {
      try {
        if (await step()) return;
        failures = 0;
        onTrouble("");
      } catch (error) {
        if (error instanceof Refusal && !again(error)) throw error;
        failures = await later(error, failures);
      }
    }
  }

  const again = (error) => error.status >= 500 || AGAIN.includes(error.status) || (error.status === 413 && size > LEAST);

  async function later(error, failures) {
    if (error.status === 413) size = LEAST; // somebody between us and the server takes only little at a time
    if (error.status === 404) take.upload = ""; // it was forgotten there: from the beginning
    onTrouble(error instanceof Refusal && error.status !== 404 ? error.message : "");
    const pause = error.retryAfter ? error.retryAfter * 1000 : BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)];
    await Promise.race([wait(pause * (0.75 + Math.random() / 2)), new Promise((done) => addEventListener("online", done, { once: true }))]);
    return failures + 1;
  }

  const loop = () => (running ??= run().finally(() => (running = null)));

  return {
    /** There are new bytes. What can't be sent now is sent with the rest. */
    more: () => void loop().catch(() => null),
    /** Send all of it; resolves once the server has everything. */
    async finish() {
      whole = true;
      await running?.catch(() => null);
      if (!sent) await loop();
      return take.upload;
    },
    /** The person doesn't want to send it. */
    async cancel() {
      stopped = true;
      if (take.upload) await call(`/recordings/${encodeURIComponent(take.upload)}`, { ...request, method: "DELETE" }).catch(() => null);
    },
  };
}
