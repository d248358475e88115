// Files of a card: a picture in its place, a document to keep. The bytes came with the message.

import { h, hidden, icon } from "./dom.js";

const PICTURE = /^image\/(png|jpeg|gif|webp|svg\+xml)$/;
// A document of any other kind is only ever bytes: opened from our own address it must not be a page.
const DOCUMENTS = ["text/calendar"];
const addresses = new Map(); // a card is drawn anew whenever it changes; its documents keep their addresses

export function renderFiles(files) {
  return files.map((file) => (PICTURE.test(file.mime) ? renderPicture(file) : renderDocument(file)));
}

/** A data: address is all that the page's policy allows a picture from elsewhere; inside <img> nothing in it can run. */
function renderPicture(file) {
  return h("img", { class: "picture", src: `data:${file.mime};base64,${file.data}`, alt: file.alt || file.name });
}

function renderDocument(file) {
  const url = addressOf(file);
  if (!url) return h("p", { class: "card__closed" }, `${file.name} can\u2019t be opened here.`);
  return h(
    "p",
    { class: "file" },
    h("a", { class: "file__link", href: url, download: file.name }, icon("file"), hidden("Download "), h("span", { dir: "auto" }, file.name)),
    file.alt && h("span", { class: "file__alt", dir: "auto" }, file.alt),
  );
}

/** Where the browser finds the document; null for what isn't base64. */
function addressOf(file) {
  const key = `${file.mime}\n${file.data}`;
  if (!addresses.has(key)) {
    const type = DOCUMENTS.includes(file.mime) ? file.mime : "application/octet-stream";
    try {
      const bytes = Uint8Array.from(atob(file.data), (char) => char.charCodeAt(0));
      addresses.set(key, URL.createObjectURL(new Blob([bytes], { type })));
    } catch {
      return null;
    }
  }
  return addresses.get(key);
}
