// A card's fields as a real form: labels, help, kind errors, and a draft that survives a reload.

import { h, icon, localId } from "./dom.js";
import { load, save } from "./store.js";

const MANY = 6;

const draftKey = (token) => `parley.form.${token}`;

/** What was filled in is kept until the answer counts: a form may come back with something to correct. */
export const forgetDraft = (token) => save(draftKey(token), null);

/**
 * The form of a message's card. `act("submitted", {token, fields})` is called once it is complete;
 * `problems` ({field key: sentence}) are shown at their fields until these are changed.
 */
export function renderForm(message, { live, act, busy, problems }) {
  const key = draftKey(message.token);
  const draft = load(key, {});
  const parts = message.card.fields.map((field) => renderField(field, busy?.fields ?? draft, problems?.[field.key]));
  const button = h(
    "button",
    { type: "submit", class: "btn btn--primary", "aria-disabled": live && !busy ? null : "true" },
    busy ? "Sending" : message.card.submit || "Send",
  );
  const form = h("form", { class: "fields", novalidate: true }, parts.map((p) => p.el), button);
  form.addEventListener("input", () => save(key, read(parts)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!live || busy) return;
    const wrong = parts.filter((part) => !part.check());
    if (wrong.length) return wrong[0].focus();
    save(key, read(parts)); // also what was there from the beginning
    act("submitted", { token: message.token, fields: read(parts) });
  });
  if (!live || busy) for (const el of form.querySelectorAll("input, select, textarea")) el.disabled = true;
  return form;
}

const read = (parts) => Object.fromEntries(parts.map((part) => [part.key, part.value()]));

function renderField(field, draft, problem) {
  const value = draft[field.key] ?? field.value ?? "";
  const ids = { input: localId("f"), help: localId("help"), error: localId("error") };
  const error = h("p", { class: "field__error", id: ids.error, role: "alert", hidden: true });
  const described = [field.help && ids.help, ids.error].filter(Boolean).join(" ");
  const isGroup = field.kind === "scale" || (field.kind === "choice" && field.options.length <= MANY);
  const build = isGroup ? group : field.kind === "choice" ? select : line;
  const control = build(field, value, ids.input, described);
  const optional = field.required === false && !field.help && h("span", { class: "field__optional" }, " (optional)");
  const help = field.help && h("p", { class: "field__help", id: ids.help, dir: "auto" }, field.help);
  const el = isGroup
    ? h(
        "fieldset",
        { class: "field", "data-field": field.key, "aria-describedby": described },
        h("legend", { class: "field__label", dir: "auto" }, field.label, optional),
        help,
        control.el,
        error,
      )
    : h(
        "div",
        { class: "field", "data-field": field.key },
        h("label", { class: "field__label", for: ids.input, dir: "auto" }, field.label, optional),
        help,
        control.el,
        error,
      );
  return { el, key: field.key, value: control.value, focus: control.focus, check: checker(field, control, el, error, problem) };
}

function checker(field, control, el, error, problem = "") {
  const complaint = () => {
    const value = control.value().trim();
    if (!value && field.required !== false) {
      return field.options?.length ? "Please choose one of these." : "Please write something here.";
    }
    const over = value.length - (field.max_length ?? 3000);
    return !field.options?.length && over > 0 ? `Please shorten this a little: ${over} fewer characters would fit.` : "";
  };
  const show = (words) => {
    error.replaceChildren(...(words ? [icon("warn"), h("span", { dir: "auto" }, words)] : []));
    error.hidden = !words;
    for (const input of control.inputs) {
      if (words) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    return !words;
  };
  const check = () => show(complaint());
  if (problem) show(problem);
  el.addEventListener("input", () => !error.hidden && check());
  return check;
}

function line(field, value, id, described) {
  const attrs = { id, class: "input", dir: "auto", "aria-describedby": described, required: field.required !== false };
  const el =
    field.kind === "text" ? h("textarea", { ...attrs, rows: 3 }) : h("input", { ...attrs, type: "text" });
  el.value = value;
  return { el, inputs: [el], value: () => el.value, focus: () => el.focus() };
}

function select(field, value, id, described) {
  const options = field.options.map((o) => h("option", { value: o.id, selected: o.id === value }, o.label));
  const attrs = { id, class: "input", "aria-describedby": described, required: field.required !== false };
  const el = h("select", attrs, h("option", { value: "" }, "Choose one of the list"), options);
  return { el, inputs: [el], value: () => el.value, focus: () => el.focus() };
}

/** Radio buttons; on a scale each level stands beside its anchor text, so that a level means the same to everybody. */
function group(field, value, id) {
  const inputs = [];
  const rows = field.options.map((option) => {
    const input = h("input", { type: "radio", name: id, value: option.id, checked: option.id === value });
    inputs.push(input);
    return h(
      "label",
      { class: "pick" },
      input,
      h(
        "span",
        { class: "pick__words", dir: "auto" },
        h("span", { class: "pick__label" }, option.label),
        option.hint && h("span", { class: "pick__hint" }, option.hint),
      ),
    );
  });
  return {
    el: h("div", { class: `picks picks--${field.kind}` }, rows),
    inputs,
    value: () => inputs.find((i) => i.checked)?.value ?? "",
    focus: () => (inputs.find((i) => i.checked) ?? inputs[0]).focus(),
  };
}
