"""Evidence and codes as sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from control_tower.i18n.catalogue import DAG_TEXTS, Language, capitalised, codes
from control_tower.i18n.formats import Formats
from control_tower.monitoring.delivery.message import measured
from control_tower.partitions import number_in
from control_tower.runbook import PAGE, anchor_of, published

LIKELINESS = ((0.99, "CERTAIN"), (0.9, "VERY_LIKELY"), (0.5, "LIKELY"), (0.1, "DOUBTFUL"), (0.0, "UNLIKELY"))
"""Probabilities from which a word holds, the highest first. Most kinds of evidence link from the first on."""

LIKELY_FROM = 0.5
"""Probability from which nobody may say that a candidate has little in common with a record."""

KEYS = ("phone", "license", "plate")
"""Parts of the evidence that are keys of a record."""


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

    def probability(self, value: Any) -> str:
        """A probability in words and as a number: `very likely (97.2%)`; empty if there is none."""
        if not is_number(value):
            return ""
        word = next(word for least, word in LIKELINESS if value >= least or least == 0.0)
        return f"{self._texts.name('likeliness', word)} ({self._formats.probability(value)})"

    def reason(self, code: str, candidates: Any, record_name: str | None) -> str:
        """Why none of its candidates is a record's person, told from what they show; empty: there is nothing to add."""
        _ = self._texts.gettext
        found = [one for one in candidates if isinstance(one, Mapping)] if isinstance(candidates, list) else []
        likeliest = self.probability(found[0].get("probability")) if found else ""
        if not likeliest:
            return ""
        is_likely = found[0]["probability"] >= LIKELY_FROM
        if code == "NO_CANDIDATES" and is_likely:
            return _(
                "The likeliest is {likeliest}, but by the name alone, and how frequent names are is not counted yet."
            ).format(likeliest=likeliest)
        if code == "NO_CANDIDATES":
            return _("Somebody has something in common with it, but too little: the likeliest is {likeliest}.").format(
                likeliest=likeliest
            )
        if code == "MULTIPLE_CANDIDATES" and len(found) > 1:
            return _("The likeliest is {first}, the next {second}.").format(
                first=likeliest, second=self.probability(found[1].get("probability"))
            )
        if code == "WEAK_MATCH_ONLY":
            if not record_name:
                keys = self._equal_keys(found[0])
                if keys:
                    return _("In common: {keys}. That is not enough: the record has no name.").format(keys=keys)
                return _("Not enough: the record has no name.")
            if not found[0].get("names"):
                return _("Not enough: the candidate has no name.")
            return _("Not enough: the likeliest is {likeliest}.").format(likeliest=likeliest)
        if code == "NAME_CONTRADICTION":
            for number, one in enumerate(found, 1):
                keys = self._equal_keys(one)
                if one.get("names") == "CONTRADICT" and keys:
                    if number == 1:
                        return _("Whoever has the same {keys} has clearly another name.").format(keys=keys)
                    if is_likely:
                        return _(
                            "Whoever has the same {keys} (candidate {number}) has clearly another name, and the "
                            "likeliest is {likeliest}, which is not enough."
                        ).format(keys=keys, number=number, likeliest=likeliest)
                    return _(
                        "Whoever has the same {keys} (candidate {number}) has clearly another name, and the likeliest "
                        "has too little in common with it."
                    ).format(keys=keys, number=number)
        return ""

    def _equal_keys(self, candidate: Mapping[str, Any]) -> str:
        """Names of the keys that record and candidate have in common."""
        weights = candidate.get("weights")
        parts = [part for part in weights if isinstance(part, Mapping)] if isinstance(weights, list) else []
        names = [self._texts.name("value", part["part"]) for part in parts if _is_equal_key(part)]
        return " + ".join(names)

    def not_weighed(self, rule: str | None) -> str:
        """Why a link has no probability."""
        return self._texts.find("not_weighed", rule or "") or self._texts.name("not_weighed", "OTHER")

    def decision(self, kind: str, after: Any, scouts: Mapping[int, str], count: int = 1) -> str:
        """What a decision did, as a sentence: `Asignado a Juan Pérez (scout 12)`."""
        _ = self._texts.gettext
        state = after if isinstance(after, Mapping) else {}
        if kind == "resolve_scout_conflict":
            text = self._scout_state(state.get("ledger"), scouts)
        elif kind == "resolve_unmatched_lead":
            text = self._record_state(state)
        elif kind == "explain_payment":
            text = (
                _("The payment is explained.")
                if state.get("explanation")
                else _("The payment waits for an explanation.")
            )
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

    def runbook(self, check_name: str, state: str, base: str) -> str:
        """The section of the runbook about a state: where it is published, else on the page below `base`."""
        page = published(self._texts.language) or f"{base}/{PAGE}"
        return f"{page}#{anchor_of(check_name.partition('.')[0], state)}"

    def step(self, name: str) -> str:
        """A step of a run in words, also a partition of one; a step without words is one of another version."""
        whole, partition = number_in(name)
        if partition is not None and (text := self._texts.find("step", whole)):
            return self._texts.gettext("{step}, part {partition}").format(step=text, partition=partition)
        if text := self._texts.find("step", name):
            return text
        if rule := self._texts.find("rule", name):
            return capitalised(self._texts.gettext("candidates by: {rule}").format(rule=rule))
        return self._texts.gettext("step of another version: {words}").format(words=name.replace("_", " ").lower())

    def dag(self, dag_id: str) -> str:
        """The name of a DAG of the package, as Airflow shows it in this language."""
        return codes(self._texts.language, DAG_TEXTS)["name"].get(dag_id, dag_id)

    def task(self, dag_id: str, task_id: str) -> str:
        """A task of a DAG in words."""
        name = task_id.rpartition(".")[2]
        return self._texts.find("step", f"{dag_id}.{name}") or self.step(name)

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


def is_number(value: Any) -> bool:
    """Whether JSON has a number there."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_equal_key(part: Mapping[str, Any]) -> bool:
    return part.get("part") in KEYS and part.get("level") in ("equal", "shared")
