"""Link open scouting rows without a driver: to an existing person, or to a new one if they match nobody."""

from __future__ import annotations

import logging
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from control_tower.attribution.batches import in_batches
from control_tower.database import copy_rows, execute_file, fetch_one, read_sql
from control_tower.errors import DatabaseBusy
from control_tower.identity.connected_components import connected_components
from control_tower.identity.name_matching import CONTRADICT, compare_names
from control_tower.settings import get_settings

log = logging.getLogger(__name__)

ROWS_TO_DECIDE = "pipeline/6_person_backfill/rows_to_decide.sql"
OPEN_ROWS = "pipeline/6_person_backfill/open_scouting_rows.sql"
CARRIERS = "pipeline/6_person_backfill/carriers_of_open_values.sql"
WRITE_LINKS = "pipeline/6_person_backfill/write_links.sql"
CREATE_BATCH_TABLE = "pipeline/6_person_backfill/create_batch_table.sql"
DECIDED_UNTIL = "pipeline/6_person_backfill/decided_until.sql"

Value = tuple[str, str]
"""Kind (phone, license) and normalised value."""

SCOUTING = "module_ct_scouting_daily"
ATTEMPTS = 5
"""How often decisions are repeated when an ingestion links a row of the batch concurrently."""


class OpenRow(NamedTuple):
    """An open scouting row with normalised keys; a shared value is no evidence."""

    source_pk: str
    name: str | None
    phone: str | None
    license: str | None
    event_date: Any
    reason_code: str
    is_phone_shared: bool
    is_license_shared: bool

    @property
    def values(self) -> list[Value]:
        """Phone and licence that are not shared values."""
        found: list[Value] = []
        if self.phone and not self.is_phone_shared:
            found.append(("phone", self.phone))
        if self.license and not self.is_license_shared:
            found.append(("license", self.license))
        return found


class Carrier(NamedTuple):
    """A record that carries a phone or licence, and its person.

    A mergeable person was created for scouting rows alone; `person_names` are all names of its records.
    """

    source_table: str
    source_pk: str
    name: str | None
    person_key: str | None
    is_mergeable: bool
    person_names: list[str]


class Outcome(NamedTuple):
    """The outcome for an open scouting row: the columns of `pg_temp.person_backfill_batch`."""

    source_pk: str
    action_type: str
    person_key: str | None
    match_rule: str
    match_score: int | None
    confidence_level: str
    evidence: dict[str, Any]
    notes: str | None


class _LinkedConcurrently(Exception):
    """An ingestion linked a row of the batch concurrently."""


RULES = {"phone": ("R1_PHONE_EXACT", 95, "HIGH"), "license": ("R2_LICENSE_EXACT", 92, "HIGH")}

Carriers = dict[Value, list[Carrier]]


def backfill_links(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Link open scouting rows to persons created for scouting rows, new ones included; audit each outcome.

    Decides only on rows for which something changed since the last run that finished this step.

    Returns:
        `rows`: links created; `decided`: rows decided on, of which `ambiguous` and `skipped` stay open; `persons`:
        persons created.

    Raises:
        DatabaseBusy: Concurrent ingestions linked rows of the batch in each attempt.
    """
    counts: Counter[str] = Counter()
    (since,) = fetch_one(connection, read_sql(DECIDED_UNTIL))
    queued_ids = [row[0] for row in connection.execute("select queued.id from canon.person_backfill_queue as queued")]
    for _ in range(ATTEMPTS):
        outcomes = list(decide(*_read(connection, {"since": since, "queued_ids": queued_ids})))
        try:
            _write(connection, run_id, outcomes, counts)
        except _LinkedConcurrently:
            log.info("An ingestion linked a row concurrently; deciding again on the rest.")
        else:
            connection.execute("delete from canon.person_backfill_queue where id = any(%s)", [queued_ids])
            actions = Counter(outcome.action_type for outcome in outcomes)
            return {
                "rows": counts["links"],
                "persons": counts["persons"],
                "decided": len(outcomes),
                "ambiguous": actions["AMBIGUOUS"],
                "skipped": actions["SKIPPED"],
            }
    raise DatabaseBusy(
        f"Ingestions linked scouting rows {ATTEMPTS} times while they were being decided on.",
        "run it again; what was committed stays.",
    )


def _read(connection: psycopg.Connection[Any], changed: Mapping[str, Any]) -> tuple[list[OpenRow], Carriers]:
    carriers: defaultdict[Value, list[Carrier]] = defaultdict(list)
    with connection.transaction():
        execute_file(connection, ROWS_TO_DECIDE, changed)
        rows = [OpenRow(*row) for row in connection.execute(read_sql(OPEN_ROWS))]
        for kind, value, *carrier in connection.execute(read_sql(CARRIERS)):
            carriers[kind, value].append(Carrier(*carrier))
    return rows, carriers


def _write(connection: psycopg.Connection[Any], run_id: int, outcomes: Sequence[Outcome], counts: Counter[str]) -> None:
    pending = iter(outcomes)
    size = get_settings().batch_size

    def work(_session: psycopg.Connection[Any]) -> int:
        batch = list(islice(pending, size))
        if batch:
            execute_file(connection, CREATE_BATCH_TABLE)
            rows = ((*outcome[:-2], Jsonb(outcome.evidence), outcome.notes) for outcome in batch)
            copy_rows(connection, "copy pg_temp.person_backfill_batch from stdin", rows)
            written = execute_file(connection, WRITE_LINKS, {"run_id": run_id})
            if written["links"] < sum(outcome.action_type == "CREATED" for outcome in batch):
                raise _LinkedConcurrently
            counts.update(written)
        return len(batch)

    in_batches(connection, run_id, work, total=len(outcomes), what="open scouting rows")


def decide(rows: Sequence[OpenRow], carriers: Carriers) -> Iterator[Outcome]:
    """Decide on each open row; outcomes of one person are adjacent.

    Rows that share a phone or licence are one person unless their names contradict. A value whose other carriers have a
    contradicting name is not used, and a row that may be the person of a driver is left open. The carriers are all
    records with each of their values, the rows included.
    """
    by_pk = {row.source_pk: row for row in rows if row.reason_code == "NO_CANDIDATES" and row.values}
    usable = {row.source_pk: _usable_values(row, carriers) for row in by_pk.values()}
    edges = [(pk, f"{kind} {value}") for pk, values in usable.items() for kind, value in values]
    for component in connected_components(edges):
        members = [by_pk[node] for node in component if node in by_pk]
        members.sort(key=lambda row: (str(row.event_date), row.source_pk))
        yield from _decide_cluster(members, usable, carriers)
    for row in rows:
        if row.source_pk not in by_pk:
            action = "SKIPPED" if row.reason_code in ("MISSING_KEYS", "NO_CANDIDATES") else "AMBIGUOUS"
            yield _leave_open(row, action, row.reason_code)
        elif not usable[row.source_pk]:
            others = {carrier.source_pk for value in row.values for carrier in _other_carriers(row, carriers[value])}
            yield _leave_open(
                row, "AMBIGUOUS", "its phone or licence is somebody else's", carried_by=sorted(others)[:10]
            )


def _other_carriers(row: OpenRow, found: Iterable[Carrier]) -> list[Carrier]:
    return [other for other in found if (other.source_table, other.source_pk) != (SCOUTING, row.source_pk)]


def _usable_values(row: OpenRow, carriers: Carriers) -> list[Value]:
    """Values that may link the row to a new or existing person; none if it may be the person of a driver."""
    usable = []
    for value in row.values:
        others = _other_carriers(row, carriers[value])
        contradicted = [other for other in others if _contradict([row.name, other.name])]
        if any(other.person_key and not other.is_mergeable for other in others if other not in contradicted):
            return []
        if not contradicted:
            usable.append(value)
    return usable


def _contradict(names: Iterable[str | None]) -> bool:
    known = sorted({name for name in names if name})
    return any(compare_names(a, b).verdict == CONTRADICT for a, b in combinations(known, 2))


def _decide_cluster(
    members: Sequence[OpenRow], usable: dict[str, list[Value]], carriers: Carriers
) -> Iterator[Outcome]:
    found = [carrier for row in members for value in usable[row.source_pk] for carrier in carriers[value]]
    persons = sorted({carrier.person_key for carrier in found if carrier.person_key})
    names = {row.name for row in members if row.name}.union(*(carrier.person_names for carrier in found))
    if len(persons) > 1 or _contradict(names):
        for row in members:
            yield _leave_open(
                row, "AMBIGUOUS", "several persons share its phone or licence", persons=persons, names=sorted(names)
            )
        return
    person_key = persons[0] if persons else str(uuid.uuid4())
    for rank, row in enumerate(members):
        values = usable[row.source_pk]
        shared = [value for value in values if _other_carriers(row, carriers[value])]
        with_same = {other.source_pk for value in values for other in carriers[value] if other.source_table == SCOUTING}
        evidence = {"values": dict(values), "record_name": row.name, "rows": sorted(with_same)[:20]}
        if rank == 0 and not persons:
            rule, score, confidence = "NEW_PERSON", 50, "LOW"
        else:
            rule, score, confidence = RULES[(shared or values)[0][0]]
        yield Outcome(row.source_pk, "CREATED", person_key, rule, score, confidence, {"rule": rule, **evidence}, None)


def _leave_open(row: OpenRow, action: str, why: str, **evidence: Any) -> Outcome:
    return Outcome(row.source_pk, action, None, "NONE", None, "none", {"reason": row.reason_code, **evidence}, why)
