// The search box: sends what is typed by POST, because personal data must never stand in an address; shows what was
// found below it; goes through it by keys; and brings it back when the reader comes back.
(() => {
  "use strict";
  const { HEADERS, put, problem, refuse, words } = window.controlTower;
  const box = document.getElementById("search-box");
  const bar = box?.closest(".bar");
  const panel = document.getElementById("search-found");
  const opener = box?.querySelector(".search-open");
  let asked = 0;

  const placeOf = (form) => document.querySelector(`#${form.dataset.search} [data-hits]`) ?? document.getElementById(form.dataset.search);
  const hits = (form) => [...placeOf(form).querySelectorAll("[data-hit]")];
  const keep = (kept) => history.replaceState({ ...history.state, search: kept }, "");

  const widen = (isOpen) => {
    bar?.classList.toggle("is-searching", isOpen);
    opener?.setAttribute("aria-expanded", String(isOpen));
  };

  const close = () => {
    panel.hidden = true;
    widen(false);
    keep(undefined);
  };

  const send = async (form) => {
    const body = Object.fromEntries([...form.elements].filter((field) => field.name).map((field) => [field.name, field.value.trim()]));
    if (!body.value) return;
    const place = placeOf(form);
    const number = ++asked;
    keep({ form: form.id, body });
    if (form === box) panel.hidden = false;
    place.setAttribute("aria-busy", "true");
    place.innerHTML = '<div class="skeleton"></div><div class="skeleton"></div><div class="skeleton"></div>';
    try {
      const answer = await fetch(form.action, {
        method: "POST", headers: { ...HEADERS, "Content-Type": "application/json" }, body: JSON.stringify(body),
      });
      if (number !== asked) return;
      if (answer.ok) put(place, await answer.text());
      else await refuse(place, answer);
    } catch {
      if (number === asked) problem(place, words.offline, []);
    } finally {
      if (number === asked) place.removeAttribute("aria-busy");
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.search) return;
    event.preventDefault();
    send(form);
  });

  opener?.addEventListener("click", () => {
    const isOpen = !bar.classList.contains("is-searching");
    if (!isOpen) return close();
    widen(true);
    box.elements.value.focus();
  });
  panel?.querySelector(".close").addEventListener("click", () => {
    close();
    (opener.offsetParent ? opener : box.elements.value).focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (panel && !panel.hidden && !panel.contains(event.target) && !box.contains(event.target)) close();
  });

  const isTyping = (place) => place.isContentEditable || place.matches("input, textarea, select");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "/" && box && !isTyping(event.target)) {
      event.preventDefault();
      widen(true);
      box.elements.value.focus();
      box.elements.value.select();
      return;
    }
    const form = [...document.querySelectorAll("form[data-search]")].find(
      (one) => one.contains(event.target) || document.getElementById(one.dataset.search).contains(event.target),
    );
    if (!form) return;
    if (event.key === "Escape" && form === box) {
      event.preventDefault();
      close();
      (opener.offsetParent ? opener : box.elements.value).focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target.matches("select")) return;
    const links = hits(form);
    if (!links.length) return;
    event.preventDefault();
    const next = links.indexOf(document.activeElement) + step;
    if (next < 0) form.elements.value.focus();
    else links[Math.min(next, links.length - 1)].focus();
  });

  // Back: the browser brings the state of the page's entry back, and with it what had been searched for.
  const kept = history.state?.search;
  const form = kept && document.getElementById(kept.form);
  if (form) {
    for (const [name, value] of Object.entries(kept.body)) if (form.elements[name]) form.elements[name].value = value;
    if (form === box) widen(true);
    send(form);
  }
})();
