// Places in an answer. Offsets count characters as the server does (code points), over the pieces of its text.

const points = (text) => [...text].length;

/** Where a point of the page lies in an answer: its offset in the wording that counted; null outside of one. */
function offset(node, at) {
  const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-at]");
  if (!piece) return null;
  const before = document.createRange();
  before.setStart(piece, 0);
  before.setEnd(node, at);
  return Number(piece.dataset.at) + points(before.toString());
}

/** Which character of an answer lies under a point of the window; null where none does. */
export function offsetAt(x, y) {
  const caret = document.caretPositionFromPoint?.(x, y);
  const range = caret ? null : document.caretRangeFromPoint?.(x, y);
  const node = caret ? caret.offsetNode : range?.startContainer;
  return node ? offset(node, caret ? caret.offset : range.startOffset) : null;
}

/** Some characters of an answer as a range of the page; null when they aren't there. */
export function rangeOf(utterance, start, end) {
  const moment = document.querySelector(`[data-moment="${CSS.escape(utterance)}"]`);
  const range = document.createRange();
  let open = false;
  for (const piece of moment?.querySelectorAll("[data-at]") ?? []) {
    const first = Number(piece.dataset.at);
    const letters = [...piece.textContent];
    const units = (n) => letters.slice(0, n - first).join("").length;
    if (!open && start >= first && start < first + letters.length) {
      range.setStart(piece.firstChild, units(start));
      open = true;
    }
    if (open && end <= first + letters.length) {
      range.setEnd(piece.firstChild, units(end));
      return range;
    }
  }
  return null;
}

/** The words that are chosen now, if they lie in one answer: {utterance, start, end, text}; else null. */
export function chosenWords() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const common = range.commonAncestorContainer;
  const moment = (common.nodeType === Node.TEXT_NODE ? common.parentElement : common).closest("[data-moment]");
  const text = range.toString().trim();
  if (!moment || text === "") return null;
  const start = offset(range.startContainer, range.startOffset);
  const end = offset(range.endContainer, range.endOffset);
  if (start === null || end === null || start >= end) return null;
  return { utterance: moment.dataset.moment, start, end, text };
}

/** The words of an answer from one offset to another, as the page shows them. */
export function wordsAt(utterance, start, end) {
  const moment = document.querySelector(`[data-moment="${CSS.escape(utterance)}"]`);
  const parts = [];
  for (const piece of moment?.querySelectorAll("[data-at]") ?? []) {
    const first = Number(piece.dataset.at);
    const letters = [...piece.textContent];
    parts.push(letters.slice(Math.max(0, start - first), Math.max(0, end - first)).join(""));
  }
  return parts.join("").trim();
}
