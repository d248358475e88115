// Quotes and the mark of links that open elsewhere; used by cards and by scorecards.

import { h, hidden, icon, paragraphs, safeUrl } from "./dom.js";

/** Says, for eyes and for screen readers, that a link opens in a new tab. */
export const newTab = () => [" ", icon("out"), hidden(" (opens in a new tab)")];

/** Somebody's own words, with a way to read them in their place. */
export function renderQuote(quote) {
  const url = quote.link && safeUrl(quote.link);
  const read = url && h("a", { href: url, target: "_blank", rel: "noopener" }, "Read in context", newTab());
  return h(
    "figure",
    { class: "quote" },
    h("blockquote", {}, paragraphs(quote.text)),
    (quote.who || read) && h("figcaption", {}, quote.who && h("span", { dir: "auto" }, quote.who), read),
  );
}
