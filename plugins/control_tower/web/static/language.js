// Follows the language that the reader chooses in Airflow, which keeps it in this origin's storage. The latest choice
// holds: a change in Airflow, or the switch on our pages, which the server keeps in a cookie.
(() => {
  "use strict";
  const SEEN = "control-tower-language-of-airflow";
  try {
    const chosen = (localStorage.getItem("i18nextLng") ?? "").slice(0, 2).toLowerCase();
    if (!["es", "en"].includes(chosen) || chosen === localStorage.getItem(SEEN)) return;
    localStorage.setItem(SEEN, chosen);
    const address = new URL(location.href);
    if (chosen === document.documentElement.lang || address.searchParams.has("lang")) return;
    address.searchParams.set("lang", chosen);
    location.replace(address);
  } catch {
    // a browser that keeps nothing: its own language holds
  }
})();
