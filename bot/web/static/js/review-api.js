// Asking the server something from the review page. What goes wrong comes back as a sentence, never as an exception.

const AWAY = "I can't reach Parley at the moment. What you wrote is still in its box; please try again in a minute.";

/** The answer as an object; `{problem}` when it was refused or never came. */
export async function ask(path, method, body = null) {
  const options = { method, headers: { "Content-Type": "application/json" } };
  if (body !== null) options.body = JSON.stringify(body);
  try {
    const answer = await fetch(path, options);
    const data = await answer.json();
    return answer.ok ? data : { problem: data.error?.message ?? AWAY };
  } catch {
    return { problem: AWAY };
  }
}
