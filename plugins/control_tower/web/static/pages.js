// What a page cannot do by HTML alone: send a decision, follow a run, refresh itself, copy a key, lead out of the frame.
// Every write carries the header that the guard asks for. HTML that is put into the page was escaped by the server.
(() => {
  "use strict";
  const HEADERS = { "X-Control-Tower": "1" };
  const words = document.body.dataset;

  const html = (text) => new DOMParser().parseFromString(text, "text/html");

  const put = (place, text) => {
    place.replaceChildren(...html(text).body.childNodes);
    start(place);
  };

  const problem = (place, title, lines) => {
    const box = document.createElement("div");
    box.className = "notice fail";
    box.setAttribute("role", "alert");
    for (const [tag, text] of [["strong", title], ...lines.map((line) => ["p", line])]) {
      if (!text) continue;
      const part = document.createElement(tag);
      part.textContent = text;
      box.append(part);
    }
    place.replaceChildren(box);
  };

  const refuse = async (place, answer) => {
    let body = {};
    try {
      body = await answer.json();
    } catch {
      // no Problem: a proxy answered; the status says what there is to say
    }
    const fields = (body.fields ?? []).map((fault) => `${fault.field}: ${fault.problem}`);
    problem(place, body.detail ?? `${words.failed} (${answer.status})`, [
      body.next_action, ...fields, body.error_id ? `error_id ${body.error_id}` : "",
    ]);
  };

  // ── forms ──────────────────────────────────────────────────────────────────────────────────────────────────────
  const bodyOf = (form) => {
    const body = {};
    for (const field of form.elements) {
      if (!field.name || field.disabled || (field.type === "radio" && !field.checked)) continue;
      const chosen = field.dataset.with && document.getElementById(field.dataset.with);
      const value = field.value.trim();
      if (chosen && (!chosen.checked || value === "")) continue;
      if (field.dataset.json === "merge") Object.assign(body, JSON.parse(field.value));
      else if (field.dataset.json === "number") body[field.name] = value === "" ? null : Number(value);
      else if (field.dataset.json === "hours") body[field.name] = new Date(Date.now() + value * 36e5).toISOString();
      else if (field.type === "checkbox") body[field.name] = field.checked;
      else body[field.name] = value;
    }
    return body;
  };

  // A decision that was written at once: what it did, and the way to the form that takes it back.
  const decided = async (form, place, done) => {
    const box = document.createElement("div");
    box.className = "notice ok";
    box.setAttribute("role", "status");
    const what = document.createElement("strong");
    what.textContent = done.what;
    box.append(what);
    form.reset();
    document.activeElement?.blur();
    place.replaceChildren(box);
    await refresh(true);
    if (document.getElementById(`undo-${done.decision_id}`)) {
      const undo = document.createElement("a");
      undo.className = "button";
      undo.href = `#undo-${done.decision_id}`;
      undo.dataset.opens = "";
      undo.textContent = words.undo;
      box.append(" ", undo);
      undo.focus({ preventScroll: true });
    }
    box.scrollIntoView({ block: "nearest" });
  };

  // Shows a run at work below what is there.
  const watch = (place, dagId, runId) => {
    const progress = document.createElement("div");
    progress.dataset.poll = `${words.base}/runs/progress?${new URLSearchParams({ dag_id: dagId, dag_run_id: runId })}`;
    progress.className = "skeleton";
    place.append(progress);
    follow(progress);
  };

  const send = async (form) => {
    const place = document.getElementById(form.dataset.result) ?? form.querySelector("[data-answer]");
    const button = form.querySelector("button[type=submit], button:not([type])");
    const isSearch = form.dataset.kind === "search";
    button.disabled = true;
    form.setAttribute("aria-busy", "true");
    if (isSearch) place.innerHTML = '<div class="skeleton"></div><div class="skeleton"></div><div class="skeleton"></div>';
    try {
      const fields = Object.keys(bodyOf(form)).length > 0;
      const answer = await fetch(form.action, {
        method: "POST",
        headers: fields ? { ...HEADERS, "Content-Type": "application/json" } : HEADERS,
        body: fields ? JSON.stringify(bodyOf(form)) : undefined,
      });
      if (!answer.ok) {
        await refuse(place, answer);
        const atWork = answer.headers.get("X-Control-Tower-Run");
        if (atWork) watch(place, answer.headers.get("X-Control-Tower-Dag"), atWork);
        return;
      }
      if (isSearch) return put(place, await answer.text());
      const started = answer.status === 204 ? {} : await answer.json();
      if (started.decision_id) return await decided(form, place, started);
      if (!started.dag_run_id) return location.reload();
      place.replaceChildren();
      watch(place, started.dag_id, started.dag_run_id);
      if (form.dataset.once) form.querySelectorAll("fieldset").forEach((part) => { part.disabled = true; });
    } catch {
      problem(place, words.offline, []);
    } finally {
      button.disabled = false;
      form.removeAttribute("aria-busy");
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.dataset.kind) return;
    event.preventDefault();
    send(form);
  });

  // A field beside a choice counts only when that is chosen and the field is filled. Typing into it chooses it; passing
  // through it does not.
  const check = (form) => {
    for (const field of form?.querySelectorAll?.("[data-with]") ?? []) {
      const isUsable = new RegExp(`^(?:${field.dataset.pattern ?? ".+"})$`).test(field.value.trim());
      field.setCustomValidity(document.getElementById(field.dataset.with).checked && !isUsable ? field.dataset.missing : "");
    }
  };

  document.addEventListener("input", (event) => {
    const choice = event.target.dataset?.with && document.getElementById(event.target.dataset.with);
    if (choice && event.target.value.trim()) choice.checked = true;
    check(event.target.form);
  });
  document.addEventListener("change", (event) => check(event.target.form));
  window.addEventListener("pageshow", () => [...document.forms].forEach(check));

  // ── following a run ────────────────────────────────────────────────────────────────────────────────────────────
  const follow = async (place) => {
    try {
      const answer = await fetch(place.dataset.poll, { headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = html(await answer.text()).body.firstElementChild;
      place.className = "";
      place.replaceChildren(found);
      if ("done" in found.dataset) return void refresh(true);
    } catch {
      place.dataset.misses = Number(place.dataset.misses ?? 0) + 1;
      if (place.dataset.misses > 20) return problem(place, words.offline, []);
    }
    setTimeout(() => place.isConnected && follow(place), 1500);
  };

  // ── refreshing ─────────────────────────────────────────────────────────────────────────────────────────────────
  let paused = false;
  const isTouched = (field) => {
    if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
    if (field.options) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((one) => one.defaultSelected));
    return field.type !== "hidden" && field.value !== field.defaultValue;
  };
  const isInUse = (part) =>
    part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select") ||
    [...part.querySelectorAll("textarea, input, select")].some(isTouched);

  const clock = (moment) => moment.toLocaleTimeString(document.documentElement.lang, {
    timeZone: words.zone, hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  let trueAt = new Date();
  let silentSince = null;

  // The page stays as it is, and says since when it is not renewed, why, and how to ask at once.
  const tellAge = (reason) => {
    const age = document.getElementById("age");
    age?.classList.toggle("is-stale", silentSince !== null);
    let box = document.getElementById("stale");
    if (silentSince === null) return void box?.remove();
    const text = words.stale.replace("{since}", clock(silentSince)).replace("{at}", clock(trueAt));
    if (age) age.textContent = text;
    if (!box) {
      box = document.createElement("div");
      box.id = "stale";
      box.className = "health-note";
      box.setAttribute("role", "status");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words.again;
      button.addEventListener("click", () => refresh(true));
      box.append(document.createElement("p"), button);
      document.getElementById("main").before(box);
    }
    const said = [text, reason, words.tried.replace("{at}", clock(new Date()))].filter(Boolean).join(" · ");
    if (box.firstChild.textContent !== said) box.firstChild.textContent = said;
  };

  const refresh = async (now = false) => {
    const parts = [...document.querySelectorAll("[data-live]")];
    if (!parts.length || (!now && (paused || document.hidden))) return;
    let reason = "";
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const fresh = html(await answer.text());
      if (!answer.ok) {
        reason = fresh.querySelector("h1")?.textContent ?? "";
        throw new Error(String(answer.status));
      }
      for (const part of parts) {
        const next = fresh.getElementById(part.id);
        if (!next || isInUse(part) || part.querySelector("[data-poll]")) continue;
        const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
        const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
        part.replaceChildren(...next.childNodes);
        open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
        if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
        start(part);
      }
      trueAt = new Date();
      silentSince = null;
      tellAge();
      const age = document.getElementById("age");
      const said = fresh.getElementById("age");
      if (age && said) age.textContent = said.textContent;
    } catch {
      silentSince ??= new Date();
      tellAge(reason);
    }
  };

  document.getElementById("pause")?.addEventListener("click", (event) => {
    paused = !paused;
    event.currentTarget.setAttribute("aria-pressed", String(paused));
    event.currentTarget.querySelector("span").textContent = paused ? words.resume : words.pause;
    if (!paused) refresh(true);
  });
  const seconds = Number(document.querySelector("main")?.dataset.refresh ?? 0);
  if (seconds) setInterval(refresh, seconds * 1000);

  // A page that could not be made asks until it can.
  const retrySeconds = Number(document.querySelector("main")?.dataset.retry ?? 0);
  if (retrySeconds) {
    setInterval(async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
        if (answer.ok) return void location.reload();
      } catch {
        // nobody answers: the next attempt may be luckier
      }
      document.getElementById("retried").textContent = words.tried.replace("{at}", clock(new Date()));
    }, retrySeconds * 1000);
  }

  // ── pointing at a day of a chart ───────────────────────────────────────────────────────────────────────────────
  const usual = new WeakMap();
  document.addEventListener("pointerover", (event) => {
    const day = event.target.closest?.(".day");
    for (const figure of document.querySelectorAll("figure.chart")) {
      const place = figure.querySelector(".latest");
      if (day && figure.contains(day)) {
        if (!usual.has(place)) usual.set(place, [...place.childNodes]);
        place.textContent = day.dataset.said;
      } else if (usual.has(place)) {
        place.replaceChildren(...usual.get(place));
        usual.delete(place);
      }
    }
  });

  // ── small things ───────────────────────────────────────────────────────────────────────────────────────────────
  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      await navigator.clipboard?.writeText(copy.dataset.copy);
      copy.classList.add("is-copied");
      setTimeout(() => copy.classList.remove("is-copied"), 1200);
      return;
    }
    const opens = event.target.closest("a[data-opens]");
    if (opens) {
      event.preventDefault();
      const part = document.getElementById(opens.hash.slice(1));
      part.open = true;
      part.scrollIntoView({ block: "center" });
      return void part.querySelector("textarea")?.focus({ preventScroll: true });
    }
    if (event.target.closest("[data-print]")) return void window.print();
    const out = event.target.closest("a[data-airflow], a[download]");
    if (out && document.documentElement.classList.contains("framed") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      // The frame may not lead its parent elsewhere nor, before Airflow 3.3.2, download; the parent itself may.
      const link = window.parent.document.createElement("a");
      link.href = out.href;
      if (out.hasAttribute("download")) link.download = out.download;
      link.target = out.target;
      link.rel = out.rel;
      window.parent.document.body.append(link);
      link.click();
      link.remove();
      return;
    }
    const away = event.target.closest("a[href]");
    if (away && !away.hasAttribute("download") && !event.ctrlKey && !event.metaKey) document.body.classList.add("is-leaving");
  });
  window.addEventListener("pageshow", () => document.body.classList.remove("is-leaving"));

  const current = document.querySelector(".bar nav [aria-current]");
  if (current) current.parentElement.scrollLeft = current.offsetLeft - current.parentElement.clientWidth / 3;

  const start = (place) => place.querySelectorAll("[data-poll]").forEach(follow);
  start(document);

  window.controlTower = { HEADERS, put, problem, refuse, words };
})();
