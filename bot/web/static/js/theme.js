// A classic script in <head>: it must run before the first paint, or a chosen theme would flash.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const read = () => {
    try {
      return localStorage.getItem("parley.theme");
    } catch {
      return null; // storage may be forbidden: then the system's choice holds
    }
  };
  const show = (choice) => {
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
    root.dataset.shown = root.dataset.theme ?? (dark.matches ? "dark" : "light");
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.setAttribute("aria-pressed", String(root.dataset.shown === "dark"));
    }
  };
  show(read());
  dark.addEventListener("change", () => show(read()));
  document.addEventListener("DOMContentLoaded", () => {
    show(read());
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.addEventListener("click", () => {
        const next = root.dataset.shown === "dark" ? "light" : "dark";
        try {
          localStorage.setItem("parley.theme", next);
        } catch {
          // kept for this page only
        }
        show(next);
      });
    }
  });
})();
