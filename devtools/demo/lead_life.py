"""Why one lead and one driver account are one person, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import class_row

from devtools.demo.sql_files import read_sql

RULES = {
    "MANUAL": "a human decided",
    "DRIVER_DIRECT": "carries the driver's id",
    "R1_PHONE_EXACT": "same phone",
    "R2_LICENSE_EXACT": "same licence",
    "R3_PLATE_EXACT_NAME_SIMILAR": "plate and name, hired in time",
    "R3B_PLATE_NAME_NO_DATE": "plate and name, at another time",
    "R4_CAR_FINGERPRINT_NAME_SIMILAR": "car and name, hired in time",
    "R5_LICENSE_NUMBER": "number of the licence, and name",
    "R5_PHONE_ONE_OFF": "phone but for a slip, and name",
    "R5_LICENSE_ONE_OFF": "licence but for a slip, and name",
    "R5_NAME_AND_HIRE_DATE": "a rare name, hired in time",
    "NEW_PERSON": "a phone or licence that nobody else has",
    "DRIVER_MATCH": "its person's lead is linked",
}
"""Evidence of each rule in a few words."""

REASONS = {
    "NO_CANDIDATES": "nobody shares a phone, a licence or a plate; a name at most",
    "NAME_CONTRADICTION": "same phone or licence, and clearly another name",
    "MULTIPLE_CANDIDATES": "several people could be meant: never a guess",
    "WEAK_MATCH_ONLY": "somebody fits, but all together is not enough",
    "MISSING_KEYS": "no date, or nothing in it that could identify anybody",
}
"""Why a record is left alone, in a few words."""

SOURCES = {
    "module_ct_cabinet_leads": "cabinet leads",
    "module_ct_scouting_daily": "scouting rows",
    "module_ct_migrations": "migrations",
    "drivers": "driver accounts",
}
"""What the rows of each source are."""

_VERDICTS = {
    "VERY": "The names are nearly identical",
    "AGREE": "The names agree",
    "UNDECIDED": "The names neither agree nor contradict",
    "CONTRADICT": "The names contradict",
}


@dataclass(frozen=True)
class LeadLife:
    """A linked lead, its driver account as the source has it, and the other records of that person."""

    source_pk: str
    person_key: Any
    match_rule: str
    match_score: int
    confidence_level: str
    evidence: Mapping[str, Any]
    event_date: date | None
    lead_name: str | None
    lead_phone: str | None
    lead_plate: str | None
    lead_car: str | None
    driver_id: str
    hire_date: date | None
    driver_name: str | None
    driver_phone: str | None
    driver_plate: str | None
    driver_car: str | None
    others: list[dict[str, Any]] | None

    @property
    def hired(self) -> str:
        """When the account was hired, seen from the lead."""
        if self.hire_date is None or self.event_date is None:
            return "on no known date"
        days = (self.hire_date - self.event_date).days
        distance = {0: "the same day", 1: "the next day", -1: "the day before"}.get(
            days, f"{abs(days)} days {'later' if days > 0 else 'earlier'}"
        )
        return f"hired {self.hire_date}, {distance}"

    def side_by_side(self) -> list[tuple[str, str | None, str | None]]:
        """What the lead says and what the account says, as the sources have it, and the names as compared."""
        return [
            ("date", f"{self.event_date}", self.hired),
            ("name", self.lead_name, self.driver_name),
            ("phone", self.lead_phone, self.driver_phone),
            ("plate", self.lead_plate, self.driver_plate),
            ("car", self.lead_car, self.driver_car),
            ("read as", self.evidence.get("record_name"), self.evidence.get("driver_name")),
        ]

    def members(self) -> list[tuple[str, str, str]]:
        """Every record and account of the person: what it is, its key, and by which rule it was linked."""
        rows = [("cabinet lead", self.source_pk, self.match_rule)]
        for other in self.others or []:
            what = SOURCES.get(other["source_table"], other["source_table"]).rstrip("s")
            scout = f", scout {other['scout_id']}" if other["scout_id"] is not None else ""
            when = f" of {other['event_date']}" if other["event_date"] else ""
            rows.append((what, other["source_pk"], f"{other['match_rule']}{when}{scout}"))
        return rows


def choose_lead(connection: psycopg.Connection[Any]) -> LeadLife | None:
    """The linked lead that differs most from its account; None when no lead is linked."""
    with connection.cursor(row_factory=class_row(LeadLife)) as cursor:
        return cursor.execute(read_sql("example_lead.sql")).fetchone()


def explain_evidence(evidence: Mapping[str, Any]) -> str:
    """The evidence of a link (`canon.identity_links.evidence`) in sentences."""
    rule = RULES.get(evidence.get("rule", ""), "a rule of its own")
    values = ", ".join(str(value) for value in evidence.get("values", {}).values())
    sentences = [f"{rule[0].upper()}{rule[1:]}{f': {values}' if values else ''}.", _names(evidence)]
    runner_up = evidence.get("runner_up")
    if runner_up:
        other = runner_up.get("driver_name") or runner_up.get("driver_id")
        sentences.append(f"Second best was {other} ({RULES.get(runner_up.get('rule'), 'another rule')}).")
    else:
        sentences.append("Nobody else came into question.")
    return " ".join(sentences)


def _names(evidence: Mapping[str, Any]) -> str:
    verdict = _VERDICTS.get(evidence.get("names", ""))
    if verdict is None:
        return "There was no name to compare."
    record, driver = (str(evidence.get(key) or "").split() for key in ("record_name", "driver_name"))
    only_record = " ".join(word for word in record if word not in driver)
    only_driver = " ".join(word for word in driver if word not in record)
    remarks = []
    if [word for word in record if word in driver] != [word for word in driver if word in record]:
        remarks.append("in another order")
    if only_record and only_driver:
        remarks.append(f"{only_record} beside {only_driver}")
    elif only_record or only_driver:
        remarks.append(f"only the {'lead' if only_record else 'account'} says {only_record or only_driver}")
    similarity = f" ({evidence['similarity']})" if "similarity" in evidence else ""
    return f"{verdict}{similarity}{': ' if remarks else ''}{', '.join(remarks)}."
