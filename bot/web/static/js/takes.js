// Recordings that are not with the server yet, kept in this browser while they are made: a closed laptop costs nothing.
//
// take: {id, thread, asked, form, mime, prepared, seconds, guide, state, at, upload, received}
//   state: "open" (being recorded, or left behind so), "ready" (stopped), "sending" (the person has sent it off)
//   upload: its id at the server ("" before), received: bytes that are safe there
// A piece is {take, n, blob}. Where the browser keeps no databases, this page's memory stands in: the recording works, and
// is lost only with the page.

const NAME = "parley-recordings";
const memory = { takes: new Map(), pieces: new Map() };
let opening = null;

function open() {
  opening ??= new Promise((done) => {
    let asked;
    try {
      asked = indexedDB.open(NAME, 1);
    } catch {
      return done(null);
    }
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("takes", { keyPath: "id" });
      asked.result.createObjectStore("pieces", { keyPath: ["take", "n"] });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => done(null);
    asked.onblocked = () => done(null);
    return undefined;
  });
  return opening;
}

/** Do something in one transaction; it is on the disk when this resolves. Rejects when the disk is full. */
async function inside(mode, work) {
  const db = await open();
  if (!db) return undefined;
  return new Promise((done, failed) => {
    const tx = db.transaction(["takes", "pieces"], mode, { durability: "strict" });
    const request = work(tx.objectStore("takes"), tx.objectStore("pieces"));
    tx.oncomplete = () => done(request?.result);
    tx.onabort = tx.onerror = () => failed(tx.error ?? new Error("not stored"));
  });
}

const range = (take) => IDBKeyRange.bound([take, 0], [take, Infinity]);

/** Write down a take as it is now. */
export async function keepTake(take) {
  memory.takes.set(take.id, { ...take });
  await inside("readwrite", (takes) => takes.put({ ...take }));
}

/** Write down its next piece, and the take with it. Rejects where there is no room; then this page's memory has it. */
export async function keepPiece(take, n, blob) {
  memory.takes.set(take.id, { ...take });
  const piece = { take: take.id, n, blob };
  let stored;
  try {
    stored = await inside("readwrite", (takes, pieces) => (pieces.put(piece), takes.put({ ...take })));
  } finally {
    if (!stored) memory.pieces.set(take.id, [...(memory.pieces.get(take.id) ?? []), piece]);
  }
}

/** Everything of a take so far, as one Blob. */
export async function bytesOf(take) {
  const stored = (await inside("readonly", (_, pieces) => pieces.getAll(range(take.id))).catch(() => null)) ?? [];
  const all = [...stored, ...(memory.pieces.get(take.id) ?? [])].sort((a, b) => a.n - b.n);
  return new Blob(all.map((piece) => piece.blob), { type: take.mime });
}

/** The takes of a chat that wait here, oldest first. */
export async function takesOf(thread) {
  const stored = (await inside("readonly", (takes) => takes.getAll()).catch(() => null)) ?? [];
  const all = new Map([...stored, ...memory.takes.values()].map((take) => [take.id, take]));
  return [...all.values()].filter((take) => take.thread === thread).sort((a, b) => a.at - b.at);
}

export async function forgetTake(id) {
  memory.takes.delete(id);
  memory.pieces.delete(id);
  await inside("readwrite", (takes, pieces) => (takes.delete(id), pieces.delete(range(id)))).catch(() => null);
}

/** Hold a take while this page works on it, so that another tab leaves it alone. Gives the function that lets go. */
export async function hold(id) {
  if (!navigator.locks) return () => {};
  return new Promise((held) => {
    navigator.locks.request(`parley-take-${id}`, { ifAvailable: true }, (lock) => {
      if (!lock) return held(null);
      return new Promise((release) => held(release));
    });
  });
}
