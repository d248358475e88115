// A card's fields as a real form: labels, help, kind errors, and a draft that survives a reload.

import { h, icon, localId } from "./dom.js";
import { load, save } from "./store.js";

const MANY = 6;

/** The form of a message's card. `act("submitted", {token, fields})` is called once it is complete. */
export function renderForm(message, { live, act, busy }) {
  const key = `parley.form.${message.token}`;
  const draft = load(key, {});
  const parts = message.card.fields.map((field) => renderField(field, busy?.fields ?? draft));
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
    save(key, null);
    act("submitted", { token: message.token, fields: read(parts) });
  });
  if (!live || busy) for (const el of form.querySelectorAll("input, select, textarea")) el.disabled = true;
  return form;
}

const read = (parts) => Object.fromEntries(parts.map((part) => [part.key, part.value()]));

function renderField(field, draft) {
  const value = draft[field.key] ?? field.value ?? "";
  const ids = { input: localId("f"), help: localId("help"), error: localId("error") };
  const error = h("p", { class: "field__error", id: ids.error, hidden: true });
  const described = [field.help && ids.help, ids.error].filter(Boolean).join(" ");
  const isGroup = field.kind === "scale" || (field.kind === "choice" && field.options.length <= MANY);
  const build = isGroup ? group : field.kind === "choice" ? select : line;
  const control = build(field, value, ids.input, described);
  const optional = field.required === false && h("span", { class: "field__optional" }, " (optional)");
  const help = field.help && h("p", { class: "field__help", id: ids.help, dir: "auto" }, field.help);
  const el = isGroup
    ? h(
        "fieldset",
        { class: "field", "aria-describedby": described },
        h("legend", { class: "field__label", dir: "auto" }, field.label, optional),
        help,
        control.el,
        error,
      )
    : h(
        "div",
        { class: "field" },
        h("label", { class: "field__label", for: ids.input, dir: "auto" }, field.label, optional),
        help,
        control.el,
        error,
      );
  return { el, key: field.key, value: control.value, focus: control.focus, check: checker(field, control, el, error) };
}

function checker(field, control, el, error) {
  const complaint = () => {
    const value = control.value().trim();
    if (!value && field.required !== false) {
      return field.options?.length ? "Please choose one of these." : "Please write something here.";
    }
    const over = value.length - (field.max_length ?? 3000);
    return !field.options?.length && over > 0 ? `Please shorten this a little: ${over} fewer characters would fit.` : "";
  };
  const check = () => {
    const words = complaint();
    error.replaceChildren(...(words ? [icon("warn"), words] : []));
    error.hidden = !words;
    for (const input of control.inputs) input.toggleAttribute("aria-invalid", Boolean(words));
    for (const input of control.inputs) if (words) input.setAttribute("aria-invalid", "true");
    return !words;
  };
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
