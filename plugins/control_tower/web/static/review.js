// The review page: one case after the other without loading the page. The next cases are fetched ahead; a decision is
// sent while the next case is looked at, and what was not saved comes back as a notice. Keys act outside of fields.
(() => {
  "use strict";
  const place = document.getElementById("case");
  if (!place) return;
  const words = place.dataset;
  const base = document.body.dataset.base;
  const HEADERS = { "X-Control-Tower": "1", "Content-Type": "application/json" };
  const AHEAD = 3;
  const MOST_NOTICES = 3;
  const UNSENT = "control-tower-review-unsent";
  const notices = document.getElementById("notices");
  const said = document.getElementById("said");

  const queue = JSON.parse(words.queue);
  const gone = new Set();
  const fetched = new Map();
  const undoable = [];
  let at = 0;
  let lastReason = "";

  const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  const idOf = (one) => `${one.kind}|${one.key}`;

  // ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────────
  const ask = (one, again = false) => {
    const id = idOf(one);
    if (again) fetched.delete(id);
    if (!fetched.has(id)) {
      const query = new URLSearchParams({ case_kind: one.kind, case_key: one.key });
      fetched.set(id, fetch(`${base}/review/case?${query}`, { headers: { Accept: "text/html" } }).then(
        async (answer) => {
          if (answer.status === 404) return null;
          if (!answer.ok) throw new Error(String(answer.status));
          return (await answer.text());
        },
      ).catch((error) => {
        fetched.delete(id);
        throw error;
      }));
    }
    return fetched.get(id);
  };

  // The server lists what is open, and what was answered here but is not written yet: these are known already.
  const askMore = async () => {
    const filters = new URLSearchParams(location.search);
    filters.delete("lang");
    const waiting = new Set(unsent().map((job) => idOf(job.one)));
    filters.set("skip", String(queue.filter((one) => !gone.has(idOf(one)) || waiting.has(idOf(one))).length));
    try {
      const answer = await fetch(`${base}/review/queue?${filters}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const known = new Set(queue.map(idOf));
      queue.push(...(await answer.json()).filter((one) => !known.has(idOf(one))));
    } catch {
      // the next case asks again
    }
  };

  let asking = null;
  const more = () => {
    asking ??= askMore().finally(() => { asking = null; });
    return asking;
  };

  const open = (from, step) => {
    for (let index = from; index >= 0 && index < queue.length; index += step) if (!gone.has(idOf(queue[index]))) return index;
    return -1;
  };

  const prefetch = () => {
    let index = at;
    for (let count = 0; count < AHEAD; count += 1) {
      index = open(index + 1, 1);
      if (index < 0) break;
      ask(queue[index]).catch(() => {});
    }
    if (queue.length - at <= 10) more();
  };

  // ── showing ────────────────────────────────────────────────────────────────────────────────────────────────────
  const article = () => place.querySelector(".case");
  const phone = window.matchMedia("(max-width: 44rem)");

  const prepare = () => {
    const shown = article();
    document.getElementById("no-case").hidden = Boolean(shown);
    if (!shown) return;
    const sheet = shown.querySelector(".answer-sheet");
    if (sheet && phone.matches) sheet.removeAttribute("open");
    const reasons = shown.querySelector(".reasons");
    if (reasons && lastReason && ![...reasons.querySelectorAll("button")].some((button) => button.value === lastReason)) {
      const again = reasons.firstElementChild.cloneNode(true);
      const button = again.querySelector("button");
      button.value = lastReason;
      button.dataset.reason = "R";
      button.querySelector("kbd").textContent = "R";
      button.lastChild.textContent = ` ${lastReason}`;
      reasons.append(again);
    }
    const until = shown.querySelector("[name=until]");
    if (until) {
      const tomorrow = new Date(Date.now() + 864e5);
      until.min = `${tomorrow.getFullYear()}-${String(tomorrow.getMonth() + 1).padStart(2, "0")}-${String(tomorrow.getDate()).padStart(2, "0")}`;
    }
  };

  const show = async (index) => {
    const one = queue[index];
    const html = await ask(one);
    if (html === null) {
      gone.add(idOf(one));
      return go(1);
    }
    at = index;
    place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    prepare();
    window.scrollTo({ top: 0 });
    const heading = place.querySelector("h2");
    heading?.focus({ preventScroll: true });
    prefetch();
  };

  const go = async (step) => {
    place.setAttribute("aria-busy", "true");
    try {
      let index = open(at + step, step);
      if (index < 0 && step > 0) {
        await more();
        index = open(at + step, step);
      }
      if (index < 0 && step > 0 && unsent().length) {
        await line; // until then the server's list begins with what is being written
        await more();
        index = open(at + step, step);
      }
      if (index >= 0) return await show(index);
      if (article() && !gone.has(idOf(queue[at] ?? {}))) return void tell(step > 0 ? words.end : words.first);
      index = open(0, 1);
      if (index >= 0) return await show(index);
      place.replaceChildren();
      prepare();
    } catch {
      notice("fail", document.body.dataset.offline, [[words.retry, () => go(step)]]);
    } finally {
      place.removeAttribute("aria-busy");
    }
  };

  // ── telling ────────────────────────────────────────────────────────────────────────────────────────────────────
  const tell = (text) => {
    said.textContent = text;
    const fault = article()?.querySelector(".answer-fault");
    if (fault) fault.textContent = text;
  };

  const notice = (tone, text, actions, isKept = true) => {
    const box = document.createElement("div");
    box.className = `notice ${tone}`;
    if (!isKept) box.dataset.passing = "";
    const line = document.createElement("span");
    line.textContent = text;
    box.append(line);
    for (const [title, act] of actions) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = title;
      button.addEventListener("click", () => {
        box.remove();
        act();
      });
      box.append(button);
    }
    notices.prepend(box);
    [...notices.querySelectorAll("[data-passing]")].slice(MOST_NOTICES).forEach((old) => old.remove());
    return box;
  };

  const reopen = (one) => {
    gone.delete(idOf(one));
    fetched.delete(idOf(one));
    if (!queue.some((other) => idOf(other) === idOf(one))) queue.splice(at + 1, 0, one);
    show(queue.findIndex((other) => idOf(other) === idOf(one))).catch(() => {});
  };

  // ── sending ────────────────────────────────────────────────────────────────────────────────────────────────────
  // What was not answered is kept by the tab: a reload offers it again.
  const unsent = () => JSON.parse(sessionStorage.getItem(UNSENT) ?? "[]");
  const keep = (job) => sessionStorage.setItem(UNSENT, JSON.stringify([...unsent().filter((one) => one.id !== job.id), job]));
  const forget = (job) => sessionStorage.setItem(UNSENT, JSON.stringify(unsent().filter((one) => one.id !== job.id)));

  const post = async (path, body) => {
    const answer = await fetch(`${base}/api/v1${path}`, { method: "POST", headers: HEADERS, body: JSON.stringify(body) });
    const found = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error(found.detail ?? String(answer.status)), { isRefusal: answer.status < 500, found });
    return found;
  };

  let line = Promise.resolve();
  const send = (job) => {
    keep(job);
    line = line.then(() => deliver(job));
    return line;
  };

  const deliver = async (job) => {
    try {
      settle(job, await post(job.path, job.body));
      forget(job);
    } catch (error) {
      if (error.isRefusal) {
        forget(job);
        const details = [error.message, error.found?.next_action].filter(Boolean).join(" ");
        notice("fail", `${say(words.refused, job)} ${details}`, [[words.again, () => reopen(job.one)]]);
      } else {
        notice("fail", `${say(words.unsent, job)} ${document.body.dataset.offline}`, [
          [words.retry, () => send(job)], [words.again, () => { forget(job); reopen(job.one); }],
        ]);
      }
    }
  };

  const settle = (job, answer) => {
    if (job.kind === "later") {
      notice("ok", say(words.later, job), [[words.again, () => reopen(job.one)]], false);
      return;
    }
    if (job.kind === "undo") {
      const text = answer.dag_run_id ? words.handed : words.undone;
      notice("ok", say(text, job), [[words.again, () => reopen(job.one)]], false);
      return void progress();
    }
    const [result] = answer.outcomes;
    const detail = [result.detail, result.next_action].filter(Boolean).join(" ");
    if (result.outcome === "CHANGED" || result.outcome === "REFUSED") {
      const tone = result.outcome === "CHANGED" ? "warn" : "fail";
      notice(tone, `${say(words.refused, job)} ${detail}`, [[words.again, () => reopen(job.one)]]);
    } else if (result.outcome === "HANDED_OVER") {
      notice("run", say(words.handed, job), [], false);
    } else {
      const decided = { one: job.one, what: job.what, decision: result.decision };
      undoable.push(decided);
      notice("ok", say(words.saved, job), [[words.undo, () => undo(decided)]], false);
    }
    progress();
  };

  const undo = (decided) => {
    const index = undoable.indexOf(decided);
    if (index >= 0) undoable.splice(index, 1);
    const { path, body } = decided.decision.undo;
    send({
      id: `undo ${decided.decision.decision_id}`, kind: "undo", one: decided.one, what: decided.what,
      path: `/${path}`, body: { ...body, reason: words.undoReason },
    });
  };

  const undoLast = () => line.then(() => {
    const decided = undoable.at(-1);
    if (decided) undo(decided);
    else tell(words.nothing);
  });

  // ── answering ──────────────────────────────────────────────────────────────────────────────────────────────────
  const save = () => {
    const shown = article();
    const form = shown?.querySelector("form.answer");
    if (!form) return;
    const chosen = form.querySelector("[name=choice]:checked");
    const field = chosen?.dataset.other;
    const other = field ? form.elements[field].value.trim() : "";
    const written = chosen?.closest("label").querySelector("[data-with]"); // the picker's, where there is one
    if (!chosen || (field && !other)) {
      tell(words.choose);
      (chosen ? written : form.querySelector("[name=choice]")).focus();
      return;
    }
    const reason = form.elements.reason.value.trim();
    if (!reason) {
      tell(words.reason);
      form.elements.reason.focus();
      return;
    }
    const choice = field ? { [field]: field === "scout_id" ? Number(other) : other } : JSON.parse(chosen.value);
    const one = { kind: shown.dataset.kind, key: shown.dataset.key };
    const what = `${shown.dataset.who} → ${chosen.dataset.title}${field ? ` ${written.value.trim()}` : ""}`;
    lastReason = reason;
    leave(one, {
      id: `${idOf(one)} ${shown.dataset.version}`, kind: "decision", one, what, path: "/review/decisions",
      body: { decisions: [{ case_kind: one.kind, case_key: one.key, case_version: shown.dataset.version, choice }], reason },
    });
  };

  const leave = (one, job) => {
    gone.add(idOf(one));
    fetched.delete(idOf(one));
    send(job);
    go(1);
  };

  const postpone = () => {
    const shown = article();
    const until = shown.querySelector("[name=until]");
    if (!until.value || !until.checkValidity()) {
      tell(words.day);
      until.focus();
      return;
    }
    const one = { kind: shown.dataset.kind, key: shown.dataset.key };
    const day = new Date(`${until.value}T12:00`).toLocaleDateString(document.documentElement.lang);
    leave(one, {
      id: `later ${idOf(one)}`, kind: "later", one, what: shown.dataset.who, day, path: "/review/postpone",
      body: { case_kind: one.kind, case_key: one.key, until: until.value, reason: shown.querySelector("[name=reason]").value.trim() || null },
    });
  };

  const pick = (number) => {
    const radio = article()?.querySelector(`[name=choice][data-number="${number}"]`);
    if (!radio) return;
    if (phone.matches) article().querySelector(".answer-sheet").open = true;
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const because = (button) => {
    const field = article().querySelector("[name=reason]");
    field.value = button.value;
    mark(field);
    tell("");
  };

  const mark = (field) => article().querySelectorAll("[data-reason]").forEach(
    (button) => button.setAttribute("aria-pressed", String(button.value === field.value.trim())),
  );

  const acts = {
    next: () => go(1),
    previous: () => go(-1),
    later: () => {
      const part = article()?.querySelector(".later");
      if (!part) return;
      part.hidden = !part.hidden;
      if (!part.hidden) part.querySelector("input").focus();
    },
    postpone,
  };

  place.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  place.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.do) acts[button.dataset.do]();
    if (button?.dataset.reason) because(button);
  });
  place.addEventListener("input", (event) => {
    if (event.target.name === "reason") mark(event.target);
  });
  place.addEventListener("change", (event) => {
    if (event.target.name !== "choice") return;
    tell("");
    place.querySelectorAll("[data-side]").forEach(
      (head) => head.classList.toggle("is-chosen", head.dataset.side === event.target.dataset.number),
    );
  });

  // ── keys ───────────────────────────────────────────────────────────────────────────────────────────────────────
  const useKeys = document.getElementById("use-keys");
  const showKeys = document.getElementById("show-keys");
  useKeys.checked = localStorage.getItem("control-tower-review-keys") !== "off";
  useKeys.addEventListener("change", () => localStorage.setItem("control-tower-review-keys", useKeys.checked ? "on" : "off"));
  const toggleKeys = () => {
    const part = document.getElementById("keys");
    part.hidden = !part.hidden;
    showKeys.setAttribute("aria-expanded", String(!part.hidden));
  };
  showKeys.addEventListener("click", toggleKeys);

  const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
  document.addEventListener("keydown", (event) => {
    if (!useKeys.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.matches?.(TYPING)) return;
    const key = event.key.toLowerCase();
    const reason = article()?.querySelector(`[data-reason="${event.key.toUpperCase()}"]`);
    if (/^[0-9]$/.test(key)) pick(key);
    else if (reason && key.length === 1) because(reason);
    else if (key === "n") acts.next();
    else if (key === "p") acts.previous();
    else if (key === "l") acts.later();
    else if (key === "u") undoLast();
    else if (key === "?") toggleKeys();
    else if (key === "enter" && !event.target.closest?.("a, button, summary")) save();
    else return;
    event.preventDefault();
  });

  // ── progress ───────────────────────────────────────────────────────────────────────────────────────────────────
  const told = document.getElementById("progress");
  const number = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, told.dataset.separator);
  const progress = async () => {
    try {
      const answer = await fetch(`${base}/api/v1/review/progress`);
      if (!answer.ok) return;
      const found = await answer.json();
      told.textContent = say(told.dataset.text, {
        n: number(found.decided_by_all), total: number(found.decided_by_all + found.open), me: number(found.decided_by_me),
      });
    } catch {
      // it is told again after the next decision
    }
  };

  window.addEventListener("beforeunload", (event) => {
    if (unsent().length) event.preventDefault();
  });
  unsent().forEach((job) => notice("warn", say(words.unsent, job), [
    [words.retry, () => send(job)], [words.again, () => { forget(job); reopen(job.one); }],
  ]));
  if (article()) {
    const shown = article().dataset;
    at = Math.max(0, queue.findIndex((one) => one.kind === shown.kind && one.key === shown.key));
  }
  // A case that a link names behind its # comes first.
  const linked = /^([A-Z_]+)\|(.+)$/.exec(decodeURIComponent(location.hash.slice(1)));
  if (linked) {
    const one = { kind: linked[1], key: linked[2] };
    ask(one).then((html) => {
      if (html === null) return void notice("warn", words.closed, []);
      queue.splice(0, queue.length, one, ...queue.filter((other) => idOf(other) !== idOf(one)));
      return show(0);
    }).catch(() => notice("fail", document.body.dataset.offline, []));
  }
  prepare();
  prefetch();
  progress();
  window.focus();
})();
