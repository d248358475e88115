// Server-sent events over fetch: EventSource cannot carry a bearer header.

/** Parse one block of lines into {id, event, data}; comment lines (":") are heartbeats and give no data. */
export function parseBlock(block) {
  const out = { id: null, event: "message", data: "" };
  const data = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon === 0 || line === "") continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") data.push(value);
    else if (name === "id") out.id = value;
    else if (name === "event") out.event = value;
  }
  out.data = data.join("\n");
  return out;
}

/** Yield the events of a response body; `onBytes` is called for every piece that arrives, heartbeats included. */
export async function* readEvents(response, onBytes) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    onBytes();
    // A lone \r at the end may be half of \r\n: it stays in the buffer until its other half is here.
    buffer = (buffer + value).replace(/\r\n|\r(?!$)/g, "\n");
    for (let end = buffer.indexOf("\n\n"); end >= 0; end = buffer.indexOf("\n\n")) {
      const block = parseBlock(buffer.slice(0, end));
      buffer = buffer.slice(end + 2);
      if (block.data) yield block;
    }
  }
}
