"""The person of a record, when no rule links it or a rule is wrong: a person, a driver, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from control_tower.database import execute_file, fetch_one
from control_tower.decisions.precedence import RECORD_FILES, repeated_decision
from control_tower.decisions.transaction import (
    Author,
    Decision,
    DecisionTransaction,
    decision_transaction,
    person_key_of,
    require_booleans,
)
from control_tower.decisions.undo import undo_record_decision
from control_tower.errors import ChoiceUnclear, LinkNotContested, SeveralPersons, UnknownDriver, UnknownRecord
from control_tower.settings import get_settings
from control_tower.sources import SOURCE_TABLES


def resolve_unmatched_lead(
    source_table: str,
    source_pk: str,
    *,
    person_key: str | None = None,
    driver_id: str | None = None,
    ignore: bool = False,
    reason: str,
    author: Author,
    replace_link: bool = False,
    undo_decision: int | None = None,
    case_version: str | None = None,
    dry_run: bool = False,
) -> Decision:
    """Decide which person a record is.

    Exactly one of `person_key`, `driver_id`, `ignore` and `undo_decision` is given.

    Of a row that was overwritten with another person (REPLACED_RECORD) it is what the row says now that is decided: for
    the person of its link, it is the same record, corrected; else the record before keeps its link and event.

    Args:
        source_table: Source of the record, as links name it.
        source_pk: Its key.
        person_key: Link it to this person; the key of a merged person means its survivor.
        driver_id: Link it to the person of this driver account, created if there is none yet.
        ignore: It is nobody; no run evaluates it again.
        reason: Reason, not empty.
        author: Who decides.
        replace_link: Also replace an uncontested link made by a rule.
        undo_decision: Number of the newest decision on the record: the record becomes what it was before.
        case_version: Version of the case that the author saw (ops.v_review_cases); None: whatever it is.
        dry_run: Roll everything back.

    Returns:
        The decision; `before` and `after` hold `link`, `unmatched`, `contested` and the person of the `event`. Deciding
        what the newest decision says already returns that one.

    Raises:
        ReasonMissing: the reason is blank.
        ChoiceUnclear: none, or more than one, of the four was given, or one is of another type.
        UnknownRecord: no such record was ingested.
        UnknownPerson: there is no such person.
        UnknownDriver: no such driver account was ingested.
        SeveralPersons: the driver's accounts belong to several persons.
        LinkNotContested: the record is linked, uncontested, and `replace_link` is off.
        UnknownDecision: there is no such decision on this record.
        DecidedSince: the decision to undo is not the newest one.
        CaseChanged: the case is not the one that the author saw.
        RunAlreadyActive: a run is active; retry when it has ended.
    """
    require_booleans(ignore=ignore, replace_link=replace_link)
    if not all(value is None or isinstance(value, str) for value in (person_key, driver_id)):
        raise ChoiceUnclear("person_key and driver_id are texts.", "give the key as a text.")
    person_key, driver_id = ((value or "").strip() or None for value in (person_key, driver_id))
    if (person_key is not None) + (driver_id is not None) + ignore + (undo_decision is not None) != 1:
        raise ChoiceUnclear(
            "A record is either a person, or a driver, or to be ignored.",
            "give exactly one: person_key, or driver_id, or ignore as true, or undo_decision.",
        )
    with decision_transaction("resolve_unmatched_lead", reason, author, is_dry_run=dry_run) as tx:
        earlier = tx.earlier_decision()
        if earlier is not None:
            return earlier
        record = {"source_table": source_table, "source_pk": str(source_pk).strip()}
        _require_source(record)
        survivor = tx.one("decisions/person.sql", {"person_key": person_key_of(person_key)}) if person_key else {}
        repeated = repeated_decision(
            tx,
            RECORD_FILES,
            record,
            undo_decision=undo_decision,
            is_same=lambda after: _says(after, survivor.get("person_key"), driver_id),
            case_version=case_version,
        )
        if repeated is not None:
            return repeated
        if undo_decision is not None:
            return undo_record_decision(tx, record, undo_decision)
        before = _current_state(tx, record, replace_link)
        person = None
        if person_key is not None:
            person = tx.existing_person(person_key)
        elif driver_id is not None:
            person = _person_of_driver(tx, record, driver_id)
        evidence = {"rule": "MANUAL", "driver_id": driver_id, "before": _outline(before), **tx.signature}
        parameters = {
            **record,
            "person_key": person,
            "driver_id": driver_id,
            "evidence": Jsonb({name: value for name, value in evidence.items() if value is not None}),
            "decided_at": tx.decided_at,
            "notes": f"decided by {author.name}: {tx.reason}",
            "timezone": get_settings().timezone,
        }
        if (before["contested"] or {}).get("reason_code") == "REPLACED_RECORD":
            _settle_replaced_record(tx, parameters, before, person)
        file = "decisions/ignore_record.sql" if ignore else "decisions/link_record.sql"
        if execute_file(tx.connection, file, parameters)["released"]:
            execute_file(tx.connection, "decisions/release_persons.sql", parameters)
        after = tx.one("decisions/record.sql", record)
        after.pop("is_known")
        return tx.record(
            person_key=person or (before["link"] or {}).get("person_key"), before=before, after=after, **record
        )


def _require_source(record: dict[str, str]) -> None:
    """Refuse a record that no source can have."""
    if record["source_table"] not in SOURCE_TABLES or "\x00" in record["source_pk"]:
        name = f"{record['source_table']} {record['source_pk']!r}"
        raise UnknownRecord(f"There is no record {name}.", f"name a record of {', '.join(SOURCE_TABLES)}.")


def _says(after: Mapping[str, Any], person_key: str | None, driver_id: str | None) -> bool:
    """Whether a state is the result of a decision for this person or driver, or of ignoring the record."""
    link = after["link"]
    if person_key is None and driver_id is None:
        return link is None and (after["unmatched"] or {}).get("status") == "IGNORED"
    if link is None:
        return False
    named = link["matched_driver_id"]
    return bool(named == driver_id) if driver_id is not None else named is None and link["person_key"] == person_key


def _current_state(tx: DecisionTransaction, record: dict[str, str], replace_link: bool) -> dict[str, Any]:
    """The current state of the record, which must be known, and not linked by an uncontested rule."""
    name = f"{record['source_table']} {record['source_pk']!r}"
    before = tx.one("decisions/record.sql", record)
    if not before.pop("is_known"):
        raise UnknownRecord(
            f"No record {name} has been ingested.",
            "copy the key from ops.v_identity_unmatched or ops.v_identity_contested; if the row is new, let "
            "identity_ingestion run first.",
        )
    link = before["link"]
    if link and link["match_rule"] != "MANUAL" and before["contested"] is None and not replace_link:
        raise LinkNotContested(
            f"{name} is linked to person {link['person_key']} by {link['match_rule']}, and nothing speaks against it.",
            "check that this is the record you mean; to change its link all the same, decide again with replace_link.",
        )
    return before


def _settle_replaced_record(
    tx: DecisionTransaction, parameters: dict[str, Any], before: dict[str, Any], person: str | None
) -> None:
    """Let an overwritten row count: for the person that it was linked to, or as another record than it was.

    What is needed to undo it goes into `before`.
    """
    before["replaced"] = {**tx.one("decisions/replaced_record.sql", parameters), "kept_as": None}
    if person is None or person != (before["link"] or {}).get("person_key"):
        execute_file(tx.connection, "decisions/keep_replaced_record.sql", parameters)
        (kept,) = fetch_one(tx.connection, "select new_pk from pg_temp.kept_record_this_step")
        before["replaced"]["kept_as"] = kept
        tx.note(
            f"What {parameters['source_table']} {parameters['source_pk']} said before stays with its person as {kept}."
        )
    execute_file(tx.connection, "decisions/adopt_replaced_record.sql", parameters)


def _person_of_driver(tx: DecisionTransaction, record: dict[str, str], driver_id: str) -> str:
    """The person of a driver account's group, or the key of a new person."""
    found = tx.one("decisions/persons_of_driver.sql", {**record, "driver_id": driver_id.replace("\x00", "")})
    if found["account_group"] is None:
        raise UnknownDriver(
            f"No driver account {driver_id!r} has been ingested.",
            "correct the id; if the account is new, let identity_ingestion run first.",
        )
    if len(found["persons"]) > 1:
        raise SeveralPersons(
            f"The accounts of driver {driver_id} ({', '.join(found['accounts'])}) belong to several persons: "
            f"{', '.join(found['persons'])}.",
            "find out which of them the record is, and decide again with that person_key.",
        )
    if found["persons"]:
        return str(found["persons"][0])
    tx.note(f"Nobody had the accounts of driver {driver_id}; they are person {found['own_or_new_person']} now.")
    return str(found["own_or_new_person"])


def _outline(before: dict[str, Any]) -> dict[str, Any]:
    """The earlier state in short form, for the evidence of a link."""
    link, unmatched, contested = before["link"], before["unmatched"], before["contested"]
    return {
        "person_key": link and link["person_key"],
        "match_rule": link and link["match_rule"],
        "unmatched": unmatched and {"reason_code": unmatched["reason_code"], "status": unmatched["status"]},
        "contested": contested and contested["reason_code"],
    }
