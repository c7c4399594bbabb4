// Takes Airflow's theme before anything is painted: its class for light or dark, and its own colours, of the document
// that this page is framed in. Without one, the browser's preference decides (see pages.css).
(() => {
  "use strict";
  const TOKENS = [
    "bg", "bg-subtle", "bg-muted", "fg", "fg-muted", "border", "border-muted",
    "brand-solid", "brand-fg", "blue-fg", "success-solid", "failed-solid", "running-solid",
  ];
  const own = document.documentElement;
  let outer = null;
  try {
    if (window.parent !== window) outer = window.parent.document.documentElement;
  } catch {
    outer = null; // framed by somebody else: not ours to read
  }
  if (!outer) return;

  const take = () => {
    own.dataset.theme = outer.classList.contains("dark") ? "dark" : "light";
    const style = getComputedStyle(outer);
    for (const token of TOKENS) {
      const value = style.getPropertyValue(`--chakra-colors-${token}`).trim();
      if (value) own.style.setProperty(`--${token}`, value);
      else own.style.removeProperty(`--${token}`);
    }
  };
  own.classList.add("framed");
  take();
  new MutationObserver(take).observe(outer, { attributes: true, attributeFilter: ["class", "data-theme", "style"] });
})();
