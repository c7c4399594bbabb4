"""Why something is so, in one sentence that a human would say, made from evidence and codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from control_tower.i18n.codes import speaker
from control_tower.i18n.formats import Formats
from control_tower.i18n.message_words import WORDS
from control_tower.monitoring.delivery.message import runbook
from control_tower.web.language import Language
from control_tower.web.pages.rendering import bilingual


class Explainer:
    """Makes sentences in one language.

    Args:
        language: The language.
    """

    def __init__(self, language: Language) -> None:
        self._t: Callable[[str, str], str] = bilingual(language)
        self._say = speaker(language)
        self._f = Formats(language)
        self._words = WORDS[language]

    def link(self, rule: str | None, evidence: Any) -> str:
        """Why a record is a person: `mismo teléfono 987654321, nombre parecido (0.93)`."""
        found = evidence if isinstance(evidence, Mapping) else {}
        parts = [self._say("rule", rule)]
        values = found.get("values")
        if isinstance(values, Mapping) and values:
            parts[0] += " " + ", ".join(str(value) for value in values.values())
        names = found.get("names") or found.get("verdict")
        if names:
            parts.append(self.names(str(names), found.get("similarity")))
        if found.get("because_of"):
            source, _, key = str(found["because_of"]).partition(" ")
            record = self._say("source", source)
            parts.append(self._t("por: ", "because of: ") + f"{record} {key if len(key) < 15 else key[:8] + '…'}")
        runner_up = found.get("runner_up")
        if isinstance(runner_up, Mapping):
            other = runner_up.get("driver_name") or runner_up.get("driver_id") or ""
            parts.append(
                self._t("segunda opción: ", "runner-up: ") + f"{other} ({self._say('rule', runner_up.get('rule'))})"
            )
        return ", ".join(parts)

    def names(self, verdict: str, similarity: Any) -> str:
        """What comparing two names came to: `nombre parecido (0.93)`."""
        said = self._say("verdict", verdict)
        return f"{said} ({self._f.number(similarity, 2)})" if isinstance(similarity, int | float) else said

    def problem(self, check_name: str, state: str) -> tuple[str, str]:
        """What a state of a check means, and what to do about it."""
        group, _, subject = check_name.partition(".")
        title, action = self._words.state(group, subject, state)
        text = title.format(name=self._words.name(group, subject))
        return text[:1].upper() + text[1:], action

    def runbook(self, check_name: str, state: str) -> str:
        """Where the runbook speaks of a state: a web address where it is published, else a file and its section."""
        return runbook(check_name.partition(".")[0], state, self._words.language)

    def cause(self, cause: str) -> str:
        """What an alert is about."""
        text = self._words.cause(cause)
        return text[:1].upper() + text[1:]

    def subject(self, check_name: str) -> str:
        """What a check looks at; names of tables and DAGs stay as they are written."""
        group, _, subject = check_name.partition(".")
        named = self._say("check_subject", check_name)
        if named != check_name:
            return named
        text = subject if group in ("source", "dag") else self._words.name(group, subject)
        return text if text == subject and "_" in text else text[:1].upper() + text[1:]

    def measured(self, value: Any, limit: Any) -> str:
        """What a check measured, and against which limit."""
        return self._words.measured(
            value if isinstance(value, Mapping) else {}, limit if isinstance(limit, Mapping) else {}
        )

    def missing(self, details: Any) -> str:
        """What a record lacks, or which of its values too many people carry."""
        if not isinstance(details, Mapping):
            return ""
        parts = []
        missing = details.get("missing")
        if isinstance(missing, list):
            parts.append(
                self._t("le falta: ", "lacks: ") + ", ".join(self._say("value", str(name)) for name in missing)
            )
        hot = details.get("shared_values")
        if isinstance(hot, Mapping):
            shared = ", ".join(f"{self._say('value', name)} {value}" for name, value in hot.items())
            parts.append(self._t("lo usan demasiadas personas: ", "too many people carry: ") + shared)
        return "; ".join(parts)
