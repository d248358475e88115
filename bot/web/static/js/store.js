// localStorage as JSON. Where the browser forbids it, a Map of this page stands in: less durable, never broken.

const memory = new Map();

/** The stored value, or `fallback` when there is none or it cannot be read. */
export function load(key, fallback) {
  try {
    const raw = localStorage.getItem(key) ?? memory.get(key);
    return raw === undefined || raw === null ? fallback : JSON.parse(raw);
  } catch {
    return memory.has(key) ? JSON.parse(memory.get(key)) : fallback;
  }
}

/** Store a value; null, "" and an empty list remove the key, so that nothing personal stays behind needlessly. */
export function save(key, value) {
  const empty = value === null || value === "" || (Array.isArray(value) && value.length === 0);
  try {
    if (empty) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
    memory.delete(key);
  } catch {
    if (empty) memory.delete(key);
    else memory.set(key, JSON.stringify(value));
  }
}
