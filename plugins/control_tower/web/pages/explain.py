"""Evidence and codes as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from control_tower.i18n.catalogue import Language, capitalised
from control_tower.i18n.formats import Formats
from control_tower.monitoring.delivery.message import measured, runbook


class Explainer:
    """Sentences in one language, from evidence and codes of checks."""

    def __init__(self, language: Language) -> None:
        self._formats = Formats(language)
        self._texts = self._formats.texts
        self.problem = self._texts.problem
        self.cause = self._texts.cause

    def link(self, rule: str | None, evidence: Any) -> str:
        """Why a record is a person: `mismo teléfono 987654321, nombre parecido (0.93)`."""
        found = evidence if isinstance(evidence, Mapping) else {}
        parts = [self._texts.name("rule", rule)]
        values = found.get("values")
        if isinstance(values, Mapping) and values:
            parts[0] += " " + ", ".join(str(value) for value in values.values())
        names = found.get("names") or found.get("verdict")
        if names:
            parts.append(self.names(str(names), found.get("similarity")))
        if found.get("because_of"):
            source, _, key = str(found["because_of"]).partition(" ")
            record = self._texts.name("source", source)
            record += f" {key if len(key) < 15 else key[:8] + '…'}"
            parts.append(self._texts.gettext("because of: {record}").format(record=record))
        runner_up = found.get("runner_up")
        if isinstance(runner_up, Mapping):
            other = runner_up.get("driver_name") or runner_up.get("driver_id") or ""
            other = f"{other} ({self._texts.name('rule', runner_up.get('rule'))})"
            parts.append(self._texts.gettext("runner-up: {other}").format(other=other))
        return ", ".join(parts)

    def decision(self, kind: str, after: Any, scouts: Mapping[int, str], count: int = 1) -> str:
        """What a decision did, as a sentence: `Asignado a Juan Pérez (scout 12)`."""
        _ = self._texts.gettext
        state = after if isinstance(after, Mapping) else {}
        if kind == "resolve_scout_conflict":
            text = self._scout_state(state.get("ledger"), scouts)
        elif kind == "resolve_unmatched_lead":
            text = self._record_state(state)
        elif kind == "split_merged_person" and isinstance(state.get("split"), Mapping):
            text = _(
                "Two persons again: {returned} records returned to person {person}, {again} are decided again by the "
                "next run."
            ).format(
                returned=state["split"].get("returned"),
                again=state["split"].get("decided_again"),
                person=str(state["split"].get("person_key")),
            )
        elif kind == "revert_backfill":
            text = _("{n} rows of the run were put back.").format(n=self._formats.number(count))
        else:
            return self._texts.name("decision_kind", kind)
        if "undid_decision" in state:
            return _("Decision {n} was undone. Now: {state}").format(n=state["undid_decision"], state=text)
        return text

    def _scout_state(self, ledger: Any, scouts: Mapping[int, str]) -> str:
        _ = self._texts.gettext
        found = ledger if isinstance(ledger, Mapping) else {}
        scout = found.get("attributed_scout_id")
        if found.get("decision_status") == "conflict":
            return _("In conflict, as before.")
        if scout is None:
            return _("Assigned to nobody: no scout is paid for them.")
        name = scouts.get(scout)
        if name:
            return _("Assigned to {name} (scout {id}).").format(name=name, id=scout)
        return _("Assigned to scout {id}.").format(id=scout)

    def _record_state(self, state: Mapping[str, Any]) -> str:
        _ = self._texts.gettext
        link, unmatched = state.get("link"), state.get("unmatched")
        if isinstance(link, Mapping):
            person, driver = str(link.get("person_key")), link.get("matched_driver_id")
            if driver:
                return _("The record is person {person}, by driver account {driver}.").format(
                    person=person, driver=driver
                )
            return _("The record is person {person}.").format(person=person)
        if isinstance(unmatched, Mapping) and unmatched.get("status") == "IGNORED":
            return _("The record is nobody's and set aside.")
        return _("The record is open again.")

    def names(self, verdict: str, similarity: Any) -> str:
        """The verdict on two names: `nombre parecido (0.93)`."""
        name = self._texts.name("verdict", verdict)
        return f"{name} ({self._formats.number(similarity, 2)})" if isinstance(similarity, int | float) else name

    def runbook(self, check_name: str, state: str) -> str:
        """The section of the runbook about a state: a web address if it is published, else a file and an anchor."""
        return runbook(check_name.partition(".")[0], state, self._texts.language)

    def subject(self, check_name: str) -> str:
        """The subject of a check as a title; names of tables and DAGs stay as they are written."""
        if title := self._texts.find("check_subject", check_name):
            return title
        group, _, subject = check_name.partition(".")
        text = subject if group in ("source", "dag") else self._texts.subject(check_name)
        return text if text == subject and "_" in text else capitalised(text)

    def measured(self, value: Any, limit: Any) -> str:
        """The values of a check with their limits."""
        return measured(
            value if isinstance(value, Mapping) else {}, limit if isinstance(limit, Mapping) else {}, self._formats
        )

    def missing(self, details: Any) -> str:
        """What a record lacks, and which of its values are shared by too many people."""
        if not isinstance(details, Mapping):
            return ""
        parts = []
        missing = details.get("missing")
        if isinstance(missing, list):
            names = ", ".join(self._texts.name("value", str(name)) for name in missing)
            parts.append(self._texts.gettext("lacks: {names}").format(names=names))
        shared = details.get("shared_values")
        if isinstance(shared, Mapping):
            values = ", ".join(f"{self._texts.name('value', name)} {value}" for name, value in shared.items())
            parts.append(self._texts.gettext("too many people carry: {values}").format(values=values))
        return "; ".join(parts)
