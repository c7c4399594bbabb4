// A field for the number of a scout becomes a combobox: it offers scouts by name or number, and sends the number. The
// field itself stays, hidden, with its name and value; without this script it is a field for the number.
(() => {
  "use strict";
  const words = document.body.dataset;
  let count = 0;

  const make = (field) => {
    const id = field.id || `picker-${++count}`;
    const input = document.createElement("input");
    const list = document.createElement("ul");
    const said = document.createElement("span");
    const holder = document.createElement("span");
    let items = [];
    let active = -1;
    let asked = 0;
    let timer = 0;

    const label = (item) => item.scout_name ? `${item.scout_name.trim()} · ${item.scout_id}` : String(item.scout_id);
    const isOpen = () => !list.hidden;

    const close = () => {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };

    const activate = (number) => {
      active = number;
      [...list.querySelectorAll("[role=option]")].forEach((option, at) => option.setAttribute("aria-selected", String(at === number)));
      const option = document.getElementById(`${id}-option-${number}`);
      if (option) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      } else input.removeAttribute("aria-activedescendant");
    };

    const choose = (item) => {
      field.value = item.scout_id;
      input.value = label(item);
      input.setCustomValidity("");
      close();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    };

    const show = () => {
      const options = items.map((item, at) => {
        const option = document.createElement("li");
        option.id = `${id}-option-${at}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        for (const [text, kind] of [[item.scout_name?.trim() || words.noName, ""], [item.is_active === false ? `${item.scout_id} · ${words.notActive}` : item.scout_id, "quiet"]]) {
          const part = document.createElement("span");
          part.className = kind;
          part.textContent = text;
          option.append(part);
        }
        option.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(item); });
        return option;
      });
      if (!options.length) {
        const none = document.createElement("li");
        none.className = "none";
        none.setAttribute("role", "presentation");
        none.textContent = words.noScout;
        options.push(none);
      }
      list.replaceChildren(...options);
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      said.textContent = items.length ? words.scoutsFound.replace("{n}", items.length) : words.noScout;
      activate(-1);
    };

    const look = async (typed) => {
      const number = ++asked;
      try {
        const answer = await fetch(`${words.base}/api/v1/scouts/suggest?${new URLSearchParams({ q: typed })}`, { headers: { Accept: "application/json" } });
        if (number !== asked) return null;
        items = answer.ok ? (await answer.json()).items : [];
      } catch {
        items = [];
      }
      return number === asked ? items : null;
    };

    // What was typed and not chosen: a whole number is one; a name is the scout whom it names alone.
    const settle = async () => {
      const typed = input.value.trim();
      if (typed === "" || /^[0-9]{1,9}$/.test(typed)) {
        field.value = typed;
        return true;
      }
      if (field.value !== "") return true;
      const found = await look(typed);
      if (found?.length === 1) choose(found[0]);
      return field.value !== "";
    };

    input.type = "text";
    input.id = id;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", `${id}-list`);
    input.setAttribute("aria-haspopup", "listbox");
    input.autocomplete = "off";
    input.spellcheck = false;
    input.placeholder = words.pickScout;
    for (const name of ["aria-label", "aria-describedby"]) if (field.hasAttribute(name)) input.setAttribute(name, field.getAttribute(name));
    if (field.dataset.with) Object.assign(input.dataset, { with: field.dataset.with, pattern: ".+", missing: field.dataset.missing });
    input.value = input.defaultValue = field.value;
    list.id = `${id}-list`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", words.scouts);
    list.hidden = true;
    said.className = "unseen";
    said.setAttribute("role", "status");
    holder.className = "picker";
    if (field.id) field.id = `${field.id}-number`;
    field.type = "hidden";
    field.before(holder);
    holder.append(input, list, said, field);
    // The number that is chosen already is shown with its name.
    if (field.value) {
      look(field.value).then((found) => {
        const item = found?.find((one) => String(one.scout_id) === field.value);
        if (item && input.value === field.value) input.value = input.defaultValue = label(item);
      });
    }

    input.addEventListener("input", () => {
      field.value = "";
      input.setCustomValidity("");
      clearTimeout(timer);
      const typed = input.value.trim();
      if (!typed) return close();
      timer = setTimeout(async () => {
        if (await look(typed) && document.activeElement === input) show();
      }, 120);
    });
    input.addEventListener("keydown", async (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape" && isOpen()) {
        event.preventDefault();
        event.stopPropagation();
        close();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!isOpen()) {
          if (await look(/ · [0-9]+$/.test(input.value) ? "" : input.value.trim())) show();
        }
        if (!items.length) return;
        const last = items.length - 1;
        activate(event.key === "ArrowDown" ? (active >= last ? 0 : active + 1) : active <= 0 ? last : active - 1);
      } else if (event.key === "Enter" && isOpen() && active >= 0) {
        event.preventDefault();
        choose(items[active]);
      }
    });
    input.addEventListener("blur", () => {
      close();
      settle();
    });
    // Before the form is sent, by itself or by pages.js: what was typed must be a scout.
    input.form?.addEventListener("submit", (event) => {
      if (input.dataset.with && !document.getElementById(input.dataset.with).checked) return;
      const typed = input.value.trim();
      if (/^[0-9]{1,9}$/.test(typed)) field.value = typed;
      if (typed === "") field.value = "";
      if (typed === "" || field.value !== "") return;
      event.preventDefault();
      event.stopPropagation();
      const { submitter } = event;
      settle().then((isScout) => {
        if (isScout) return input.form.requestSubmit(submitter ?? undefined);
        input.setCustomValidity(words.unknownScout);
        input.reportValidity();
      });
    }, true);
  };

  // What comes into the page later, such as the next case of the review, is made the same way.
  const FIELDS = "input[data-picker=scout]:not([type=hidden])";
  document.querySelectorAll(FIELDS).forEach(make);
  new MutationObserver((changes) => {
    if (changes.some((change) => change.addedNodes.length)) document.querySelectorAll(FIELDS).forEach(make);
  }).observe(document.body, { childList: true, subtree: true });
})();
