// One request to the API, and what it means when the answer is no.

/** An answer of the server that is not a success; `message` is a sentence for people. */
export class Refusal extends Error {
  constructor(status, message, retryAfter = 0) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** One call of the API. Gives the JSON body (null for 204); throws Refusal, or TypeError when the line is down. */
export async function call(path, { session = null, method = "GET", body, signal } = {}) {
  const headers = { Accept: "application/json" };
  if (session) headers.Authorization = `Bearer ${session}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const request = { method, headers, signal, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) request.body = JSON.stringify(body);
  const response = await fetch(`/api/v1${path}`, request);
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? null : response.json();
}

/** The Refusal that a response without success means. */
export async function refusal(response) {
  const body = await response.json().catch(() => null);
  const message = body?.error?.message ?? "Something went wrong on our side. Nothing you wrote is lost.";
  return new Refusal(response.status, message, Number(response.headers.get("Retry-After")) || 0);
}
