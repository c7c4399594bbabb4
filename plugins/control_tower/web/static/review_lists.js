// Lists of the review: several cases decided alike after a look at what that does, and undoing what was decided today.
(() => {
  "use strict";
  const base = document.body.dataset.base;
  const HEADERS = { "X-Control-Tower": "1", "Content-Type": "application/json" };
  const post = async (body, path = "review/decisions") => {
    const answer = await fetch(`${base}/api/v1/${path}`, { method: "POST", headers: HEADERS, body: JSON.stringify(body) });
    const found = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error([found.detail ?? `${document.body.dataset.failed} (${answer.status})`, found.next_action].filter(Boolean).join(" "));
    return found;
  };
  const fault = (text) => {
    const place = document.getElementById("fault");
    const box = document.createElement("div");
    box.className = "notice fail";
    box.setAttribute("role", "alert");
    box.textContent = text;
    place.replaceChildren(...(text ? [box] : []));
  };

  // ── several at once ────────────────────────────────────────────────────────────────────────────────────────────
  const form = document.getElementById("bulk");
  if (form) {
    const preview = document.getElementById("preview");
    const confirm = document.getElementById("confirm");
    const boxes = [...form.querySelectorAll("[name=case]")];
    const answersOf = (box) => JSON.parse(box.dataset.answers);
    const rowOf = (box) => box.closest("tr").cells[1].textContent.trim().replace(/\s+/g, " ");
    const answer = () => form.querySelector("[name=answer]:checked");
    const usable = () => boxes.forEach((box) => {
      box.disabled = Boolean(box.dataset.done) || Boolean(answer() && !(answer().value in answersOf(box)));
      if (box.disabled) box.checked = false;
    });
    const chosen = () => boxes.filter((box) => box.checked);
    const body = (dry) => ({
      decisions: chosen().map((box) => ({
        case_kind: box.dataset.kind, case_key: box.value, case_version: box.dataset.version,
        choice: answersOf(box)[answer().value],
      })),
      reason: form.elements.reason.value.trim(), dry_run: dry,
    });
    const list = (found) => {
      const title = answer().closest("label").querySelector("strong").textContent.trim();
      const rows = new Map(boxes.map((box) => [box.value, rowOf(box)]));
      preview.querySelector("ol").replaceChildren(...found.map((one) => {
        const item = document.createElement("li");
        const problem = { CHANGED: form.dataset.changed, REFUSED: `${form.dataset.cannot}: ${one.detail ?? ""}`, HANDED_OVER: form.dataset.handed }[one.outcome];
        item.textContent = `${rows.get(one.case_key)} → ${title}${problem ? ` · ${problem}` : ""}`;
        item.className = ["CHANGED", "REFUSED"].includes(one.outcome) ? "contradicts" : "";
        return item;
      }));
    };
    const busy = async (button, act) => {
      button.disabled = true;
      fault("");
      try {
        await act();
      } catch (error) {
        fault(error instanceof TypeError ? document.body.dataset.offline : error.message);
      } finally {
        button.disabled = false;
      }
    };
    // While a run is at work all are refused for one reason: it is said once, with what to do.
    const sayWhy = (found) => {
      const refused = found.find((one) => ["RUN_AT_WORK", "DATABASE_BUSY"].includes(one.code));
      if (refused) fault(`${refused.detail} ${refused.next_action}`);
    };
    const heading = (text, n) => { preview.querySelector("h2").textContent = text.replace("{n}", n); };

    form.addEventListener("change", (event) => {
      if (event.target.id === "all") boxes.forEach((box) => { box.checked = event.target.checked && !box.disabled; });
      if (event.target.name === "answer") usable();
      preview.hidden = true;
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!chosen().length) return fault(form.dataset.none);
      busy(event.submitter, async () => {
        const found = (await post(body(true))).outcomes;
        sayWhy(found);
        heading(form.dataset.would, found.length);
        list(found);
        confirm.hidden = !found.some((one) => !["CHANGED", "REFUSED"].includes(one.outcome));
        preview.hidden = false;
        (confirm.hidden ? preview : confirm).focus();
      });
    });
    confirm.addEventListener("click", () => busy(confirm, async () => {
      const found = (await post(body(false))).outcomes;
      const done = new Set(found.filter((one) => !["CHANGED", "REFUSED"].includes(one.outcome)).map((one) => one.case_key));
      sayWhy(found);
      heading(form.dataset.done, done.size);
      list(found);
      confirm.hidden = true;
      boxes.filter((box) => done.has(box.value)).forEach((box) => {
        box.dataset.done = "1";
        box.closest("tr").hidden = true;
      });
      usable();
    }));
  }

  // ── decided today ──────────────────────────────────────────────────────────────────────────────────────────────
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-undo]");
    if (!button) return;
    button.disabled = true;
    fault("");
    try {
      await post({ ...JSON.parse(button.dataset.body), reason: button.dataset.reason }, button.dataset.undo);
      location.reload();
    } catch (error) {
      fault(error instanceof TypeError ? document.body.dataset.offline : error.message);
      button.disabled = false;
    }
  });
})();
