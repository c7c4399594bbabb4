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
