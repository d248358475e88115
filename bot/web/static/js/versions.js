// What changed between the kept versions of an answer.
import { h } from "./dom.js";

const CELLS = 4_000_000; // a longer pair of texts is shown whole: the comparison would take too long

/** The words of both texts with what was taken out and put in (longest common subsequence over words). */
function difference(before, after) {
  const a = before.split(/(\s+)/);
  const b = after.split(/(\s+)/);
  if (a.length * b.length > CELLS) return [h("del", {}, before), " ", h("ins", {}, after)];
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const parts = [];
  const push = (kind, word) => (parts.at(-1)?.kind === kind ? (parts.at(-1).words += word) : parts.push({ kind, words: word }));
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) push("same", b[j++]), i++;
    else if (j >= b.length || (i < a.length && table[i + 1][j] >= table[i][j + 1])) push("del", a[i++]);
    else push("ins", b[j++]);
  }
  return parts.map(({ kind, words }) => (kind === "same" ? words : h(kind, {}, words)));
}

/** Show in every list of versions what the next one took out and put in. */
export function showVersions() {
  for (const list of document.querySelectorAll("[data-versions]")) {
    const final = list.dataset.final;
    const versions = [...list.querySelectorAll("[data-version]")];
    versions.forEach((el, i) => {
      const next = versions[i + 1]?.dataset.version ?? final;
      el.replaceChildren(...difference(el.dataset.version, next));
    });
  }
}
