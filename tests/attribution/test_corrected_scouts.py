"""Scouts that the source corrects or withdraws reach event and ledger; what was paid or decided becomes a conflict."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from control_tower import decisions
from control_tower.attribution import event_scouts as event_scouts_step
from control_tower.attribution import ledger as ledger_step
from control_tower.monitoring.checks import check_names, run_check
from tests.attribution.datasets import MIGRATIONS, SCOUTING, event, everything, ledger
from tests.attribution.datasets import person as new_person
from tests.attribution.plain_definitions import LIVE, LedgerModel, differences
from tests.identity.crashes import let_time_pass
from tests.identity.sources import driver, lead, migration, scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
AUTHOR = decisions.Author("ana")
SURNAMES = (
    "Quispe",
    "Torres",
    "Salas",
    "Huaman",
    "Campos",
    "Rios",
    "Melgar",
    "Paredes",
    "Rojas",
    "Vega",
    "Soto",
    "Prado",
)
GIVEN = ("Ana", "Hugo", "Luz", "Pedro", "Rosa", "Saul", "Elsa", "Nora")


def name_of(number: int) -> str:
    return f"{GIVEN[number % 8]} {GIVEN[(number + 3) % 8]} {SURNAMES[number % 12]} {SURNAMES[(number * 5 + 1) % 12]}"


def person(warehouse: Warehouse, number: int, *scouts: int | None, with_lead: bool = False) -> None:
    """A driver, and scouting rows 100 × number + 1, + 2, … by these scouts, of one person."""
    phone = f"9{87000000 + 11 * number}"
    driver(warehouse, f"d{number}", full_name=name_of(number), phone=phone)
    for place, scout in enumerate(scouts, 1):
        scouting(warehouse, 100 * number + place, name_of(number), driver_phone=phone, scout_id=scout)
    if with_lead:
        lead(warehouse, f"l{number}", name_of(number), park_phone=phone)


def key_of(warehouse: Warehouse, number: int) -> str:
    row = warehouse.execute(
        "select person_key::text from canon.identity_links where source_table = 'drivers' and source_pk = %s",
        [f"d{number}"],
    ).fetchone()
    assert row is not None
    return str(row[0])


def correct(warehouse: Warehouse, row: int, scout: int | None) -> None:
    """The source changes the scout of a scouting row."""
    warehouse.execute("update public.module_ct_scouting_daily set scout_id = %s where id = %s", [scout, row])


def paid_by_statement(warehouse: Warehouse, person_key: str, scout: int, amount: int = 20) -> None:
    """A closed period in which the scout is due an amount for the person, marked paid."""
    warehouse.execute(
        """
        with period as (
            insert into ops.liquidation_periods (period_start, period_end, reason, closed_by, closed_at)
            select day, day, 'close', 'ana', now()
            from (select date '2026-01-01' + count(*)::int as day from ops.liquidation_periods) as next
            returning id
        ), statement as (
            insert into ops.scout_statements (period_id, scout_id, currency, amount, line_count, correction_count)
            select id, %(scout)s, 'PEN', %(amount)s, 1, 0 from period returning id
        ), line as (
            insert into ops.scout_statement_lines (
                statement_id, kind, person_key, rule_id, origin_tag, milestone_trips, lead_date, achieved_date,
                payable_date, amount
            )
            select id, 'EARNED', %(person)s::uuid, 1, 'cabinet', 1, '2026-01-01', '2026-01-01', '2026-01-01', %(amount)s
            from statement
        )
        insert into ops.scout_statement_payments (statement_id, paid_on, reference, noted_by, noted_at)
        select id, '2026-01-02', 'transfer 1', 'ana', now() from statement
        """,
        {"person": person_key, "scout": scout, "amount": amount},
    )


def paid_by_partner(warehouse: Warehouse, scout: int, **columns: Any) -> None:
    """A payment of the partner for the first trip that names the scout."""
    row = {"scout_id": scout, "date": "2026-11-10", "trip_1": True, **columns}
    warehouse.execute(
        f"insert into public.module_ct_cabinet_payments ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})",  # type: ignore[arg-type]
        list(row.values()),
    )


def rows(warehouse: Warehouse, query: str, *parameters: object) -> list[dict[str, Any]]:
    with warehouse.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), parameters or None).fetchall()


def ledger_of(warehouse: Warehouse, number: int) -> tuple[Any, ...]:
    """Scout, rule and state of a person's ledger row."""
    (row,) = rows(
        warehouse,
        "select attributed_scout_id, attribution_rule, decision_status::text as status"
        " from observational.lead_ledger where person_key = %s::uuid",
        key_of(warehouse, number),
    )
    return tuple(row.values())


def conflict_of(warehouse: Warehouse, number: int) -> tuple[Any, ...] | None:
    """Why the conflict of a person is open, and the payment that says so."""
    found = rows(
        warehouse,
        "select conflict.conflict_reason, ledger.evidence_json -> 'conflict_payment' as payment"
        " from ops.v_scout_attribution_conflicts as conflict"
        " inner join observational.lead_ledger as ledger using (person_key) where person_key = %s::uuid",
        key_of(warehouse, number),
    )
    return tuple(found[0].values()) if found else None


def event_audit(warehouse: Warehouse, source_pk: str) -> list[tuple[Any, ...]]:
    return warehouse.execute(
        "select mapping_method, old_scout_id, new_scout_id from ops.lead_events_scout_backfill_audit"
        " where source_pk = %s and action_type = 'UPDATED' order by id",
        [source_pk],
    ).fetchall()


def ledger_audit(warehouse: Warehouse, number: int) -> list[tuple[Any, ...]]:
    return warehouse.execute(
        "select backfill_method, old_attributed_scout_id, new_attributed_scout_id"
        " from ops.lead_ledger_scout_backfill_audit where person_key = %s::uuid order by id",
        [key_of(warehouse, number)],
    ).fetchall()


def refresh() -> None:
    ingest()
    attribute()


def broken(warehouse: Warehouse) -> list[str]:
    return [name for name in check_names() if run_check(warehouse, name).status != "OK"]


FIRST_SCOUT = ("SINGLE_SCOUT_FROM_EVENTS", None, 1)


def before(warehouse: Warehouse) -> None:
    """Persons as the first refresh found them, and what was paid and decided since."""
    person(warehouse, 1, 1)
    person(warehouse, 2, 9)
    for number in (3, 4, 5, 6, 7, 8, 9):
        person(warehouse, number, 1)
    person(warehouse, 10, 1, 8)
    person(warehouse, 11, 1, 8)
    person(warehouse, 12, 1, 1)
    person(warehouse, 13, 1, 5)
    person(warehouse, 14, 1, with_lead=True)
    person(warehouse, 15, 9, with_lead=True)
    person(warehouse, 16, None)
    migration(warehouse, 16, "d16", scout_id=1)
    person(warehouse, 18, None)
    person(warehouse, 19, 1)
    refresh()
    paid_by_statement(warehouse, key_of(warehouse, 3), 1)
    paid_by_statement(warehouse, key_of(warehouse, 4), 1)
    paid_by_partner(warehouse, 1, driver=name_of(5).upper())
    paid_by_partner(warehouse, 1, driver_id="d6")
    # no payment for this claim: another scout's, not paid, another person's, and taken back in full
    paid_by_partner(warehouse, 2, driver_id="d7")
    paid_by_partner(warehouse, 1, driver_id="d7", trip_1=False)
    paid_by_partner(warehouse, 1, driver="Somebody Else Entirely")
    paid_by_statement(warehouse, key_of(warehouse, 7), 1, 0)
    for number in (10, 11):
        decisions.resolve_scout_conflict(key_of(warehouse, number), 1, "the form says so", author=AUTHOR)
    warehouse.execute("update public.module_ct_scouting_daily set scout_id = 1 where id = 1801")
    correct(warehouse, 801, 5)
    correct(warehouse, 801, 1)  # back before anybody looked


def corrected(warehouse: Warehouse) -> None:
    """The same after the source corrected and withdrew scouts."""
    before(warehouse)
    for row in (101, 301, 501, 701, 1001, 1201, 1301, 1401):
        correct(warehouse, row, 5)
    for row in (201, 401, 601, 1101, 1501):
        correct(warehouse, row, None)
    warehouse.execute("update public.module_ct_migrations set scout_id = 5 where id = 16")
    correct(warehouse, 901, 5)
    ingest()
    correct(warehouse, 901, 6)  # twice before the ledger follows
    refresh()


@pytest.fixture(scope="module")
def after_corrections(told: Any) -> str:
    """Name of a database whose source corrected scouts."""
    return str(told(corrected)[0])


@pytest.fixture
def followed(copy_of: Callable[[str], Warehouse], after_corrections: str) -> Warehouse:
    """A warehouse whose source corrected scouts."""
    return copy_of(after_corrections)


def test_a_correction_reaches_event_and_ledger_and_is_audited(followed: Warehouse) -> None:
    assert event_audit(followed, "101") == [("SOURCE_CORRECTED", 1, 5)]
    assert ledger_of(followed, 1) == (5, "A", "assigned")
    assert ledger_audit(followed, 1) == [FIRST_SCOUT, ("SOURCE_CORRECTED", 1, 5)]
    # the scout that a source adds to an event without one is told, too
    assert event_audit(followed, "1801") == [("SOURCE_ADDED", None, 1)]
    assert ledger_of(followed, 18) == (1, "BACKFILL_SINGLE_SCOUT_FROM_EVENTS", "assigned")
    # nobody spoke about this one
    assert (event_audit(followed, "1901"), ledger_audit(followed, 19)) == ([], [FIRST_SCOUT])


def test_a_withdrawn_scout_is_withdrawn_from_event_and_ledger(followed: Warehouse) -> None:
    assert event_audit(followed, "201") == [("SOURCE_WITHDRAWN", 9, None)]
    assert ledger_of(followed, 2) == (None, "U", "unassigned")
    assert ledger_audit(followed, 2)[-1] == ("SOURCE_WITHDRAWN", 9, None)
    assert (
        rows(followed, "select * from ops.v_scout_attribution where person_key = %s::uuid", key_of(followed, 2)) == []
    )


@pytest.mark.parametrize(
    ("number", "reason", "payment"),
    [
        (3, "SCOUT_CORRECTED_AFTER_PAYMENT", {"scout_id": 1, "statements": [1]}),
        (4, "SCOUT_WITHDRAWN_AFTER_PAYMENT", {"scout_id": 1, "statements": [2]}),
        (5, "SCOUT_CORRECTED_AFTER_PAYMENT", {"scout_id": 1, "partner_payments": [1]}),
        (6, "SCOUT_WITHDRAWN_AFTER_PAYMENT", {"scout_id": 1, "partner_payments": [2]}),
    ],
)
def test_after_a_payment_it_is_a_conflict_that_says_so(
    followed: Warehouse, number: int, reason: str, payment: dict[str, Any]
) -> None:
    assert ledger_of(followed, number) == (1, "A", "conflict")
    assert conflict_of(followed, number) == (reason, payment)
    assert ledger_audit(followed, number) == [FIRST_SCOUT, ("CONFLICT_AFTER_PAYMENT", 1, 1)]


def test_a_payment_to_somebody_else_or_of_nothing_holds_nobody(followed: Warehouse) -> None:
    assert ledger_of(followed, 7) == (5, "A", "assigned")


def test_a_correction_that_was_taken_back_before_the_next_run_leaves_no_trace(followed: Warehouse) -> None:
    assert event_audit(followed, "801") == []
    assert ledger_audit(followed, 8) == [FIRST_SCOUT]


def test_a_scout_corrected_twice_is_audited_twice_and_the_last_one_counts(followed: Warehouse) -> None:
    assert event_audit(followed, "901") == [("SOURCE_CORRECTED", 1, 5), ("SOURCE_CORRECTED", 5, 6)]
    assert ledger_of(followed, 9) == (6, "A", "assigned")
    assert ledger_audit(followed, 9)[-1][1:] == (1, 6)


def test_a_decision_holds_until_the_correction_brings_a_scout_that_the_human_had_not_seen(followed: Warehouse) -> None:
    assert ledger_of(followed, 10) == (1, "MANUAL", "conflict")
    assert conflict_of(followed, 10) == ("SCOUT_CORRECTED_AFTER_DECISION", None)
    # withdrawn: the human had seen all that is left
    assert ledger_of(followed, 11) == (1, "MANUAL", "assigned")


def test_one_of_two_rows_corrected_is_a_conflict_and_ends_when_they_agree(followed: Warehouse) -> None:
    assert ledger_of(followed, 12) == (1, "A", "conflict")
    assert conflict_of(followed, 12) == ("SEVERAL_SCOUTS", None)
    assert ledger_of(followed, 13) == (5, "BACKFILL_SINGLE_SCOUT_FROM_EVENTS", "assigned")
    correct(followed, 1202, 5)
    refresh()
    assert ledger_of(followed, 12) == (5, "A", "assigned")
    assert ledger_audit(followed, 12)[-1] == ("SOURCE_CORRECTED", 1, 5)


def test_the_copy_of_a_scout_on_a_cabinet_lead_follows_its_scouting_row(followed: Warehouse) -> None:
    copied = ("ONE_LEAD_ONE_SCOUTING_ROW", None)
    assert event_audit(followed, "l14") == [(*copied, 1), ("SOURCE_CORRECTED", 1, 5)]
    assert ledger_of(followed, 14) == (5, "A", "assigned")
    assert event_audit(followed, "l15") == [(*copied, 9), ("SOURCE_WITHDRAWN", 9, None)]
    assert ledger_of(followed, 15) == (None, "B", "assigned")
    # and gets the next one, as a lead without a scout does
    correct(followed, 1501, 6)
    refresh()
    assert event_audit(followed, "l15")[-1] == (*copied, 6)
    assert ledger_of(followed, 15)[::2] == (6, "assigned")


def test_a_migration_s_corrected_scout_is_followed(followed: Warehouse) -> None:
    assert event_audit(followed, "16") == [("SOURCE_CORRECTED", 1, 5)]
    assert ledger_of(followed, 16) == (5, "A_FLEET", "assigned")


def test_what_the_source_corrected_is_sealed_with_its_run(followed: Warehouse) -> None:
    sealed = rows(
        followed,
        "select distinct run.job_type::text, chain.is_intact, chain.audit_rows > 0 as has_rows"
        " from ops.lead_events_scout_backfill_audit as audit"
        " inner join ops.ingestion_runs as run on run.id = audit.ingestion_run_id"
        " inner join ops.v_audit_chain as chain on chain.run_id = run.id and chain.part = 'backfills'"
        " where audit.mapping_method = 'SOURCE_WITHDRAWN' order by 1",
    )
    assert [tuple(row.values()) for row in sealed] == [
        ("identity_run", True, True),
        ("scout_attribution_refresh", True, True),
    ]


def test_what_follows_runs_again_without_a_change_and_breaks_no_check(followed: Warehouse) -> None:
    assert broken(followed) == []
    assert differences(followed, LIVE) == {}
    past = everything(followed)
    refresh()
    followed.execute("insert into canon.attribution_queue select person_key from canon.identity_registry")
    attribute()
    ingest(incremental=False)
    attribute()
    assert everything(followed) == past


def test_the_conflict_ends_when_the_source_gives_the_paid_scout_back(followed: Warehouse) -> None:
    for row in (301, 401):
        correct(followed, row, 1)
    refresh()
    for number in (3, 4):
        assert ledger_of(followed, number) == (1, "A", "assigned")
        assert conflict_of(followed, number) is None
        (row,) = rows(
            followed,
            "select evidence_json from observational.lead_ledger where person_key = %s::uuid",
            key_of(followed, number),
        )
        assert not {"conflict_reason", "conflict_payment", "gone_scouts"} & set(row["evidence_json"])


def test_a_conflict_after_payment_stays_one_when_the_payment_s_row_goes_and_a_human_ends_it(
    followed: Warehouse,
) -> None:
    followed.execute("delete from public.module_ct_cabinet_payments")
    correct(followed, 501, 7)
    refresh()
    assert ledger_of(followed, 5) == (1, "A", "conflict")
    assert conflict_of(followed, 5) == (
        "SCOUT_CORRECTED_AFTER_PAYMENT", {"scout_id": 1, "partner_payments": [1]},
    )  # fmt: skip
    decisions.resolve_scout_conflict(key_of(followed, 5), 7, "the form says so", author=AUTHOR)
    refresh()
    assert ledger_of(followed, 5) == (7, "MANUAL", "assigned")
    assert broken(followed) == []


def test_undoing_a_run_brings_no_scout_back_that_the_source_took_back(followed: Warehouse) -> None:
    (run,) = rows(followed, "select max(id) as id from ops.ingestion_runs where job_type = 'scout_attribution_refresh'")
    decisions.revert_backfill(run["id"], "wrong file", author=AUTHOR, dry_run=False)
    scouts = {
        row["source_pk"]: row["scout_id"]
        for row in rows(followed, "select source_pk, scout_id from observational.lead_events")
    }
    # the copies lose their scout; the rows keep what the source says
    assert (scouts["l14"], scouts["l15"], scouts["1401"], scouts["1501"]) == (None, None, 5, None)
    # the ledger is what it was before, held by the human's word
    assert ledger_of(followed, 1) == (1, "MANUAL", "assigned")
    assert ledger_of(followed, 3) == (1, "MANUAL", "assigned")
    refresh()
    assert ledger_of(followed, 1) == (1, "MANUAL", "assigned")
    assert event_audit(followed, "l14")[-1] == ("SOURCE_CORRECTED", 1, 5)
    assert broken(followed) == []


def test_a_scout_that_the_source_never_gave_stays(warehouse: Warehouse) -> None:
    person(warehouse, 1, None)
    refresh()
    warehouse.execute("update observational.lead_events set scout_id = 3 where source_pk = '101'")  # an older program
    refresh()
    correct(warehouse, 101, 7)
    ingest(until="scouting_rows")  # read, and the run dies before the event is written
    let_time_pass(warehouse)
    correct(warehouse, 101, None)
    refresh()
    assert warehouse.execute("select scout_id from observational.lead_events").fetchall() == [(3,)]
    assert ledger_of(warehouse, 1)[0] == 3


def test_a_run_that_dies_after_reading_a_correction_leaves_no_old_scout(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    person(warehouse, 1, 1)
    refresh()
    correct(warehouse, 101, 5)
    ingest(until="scouting_rows")
    let_time_pass(warehouse)
    correct(warehouse, 101, None)
    refresh()
    assert event_audit(warehouse, "101") == [("SOURCE_WITHDRAWN", 1, None)]
    assert ledger_of(warehouse, 1) == (None, "U", "unassigned")


@pytest.mark.parametrize("file", ["follow_scouting_rows.sql", "derive_ledger.sql"])
def test_a_refresh_killed_in_a_new_step_is_finished_by_the_next(
    copy_of: Callable[[str], Warehouse], told: Any, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    def story(warehouse: Warehouse) -> None:
        person(warehouse, 1, 1, with_lead=True)
        person(warehouse, 2, 1)
        refresh()
        paid_by_statement(warehouse, key_of(warehouse, 2), 1)
        correct(warehouse, 101, 5)
        correct(warehouse, 201, 5)
        ingest()

    class Killed(BaseException):
        pass

    def outcome(connection: Warehouse) -> list[Any]:
        return [
            *(event_audit(connection, "l1"), ledger_audit(connection, 1), ledger_audit(connection, 2)),
            *(ledger_of(connection, 1), ledger_of(connection, 2), conflict_of(connection, 2)),
        ]

    template = told(story)[0]
    undisturbed = copy_of(template)
    attribute()
    expected = outcome(undisturbed)
    assert expected[3:5] == [(5, "A", "assigned"), (1, "A", "conflict")]

    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    disturbed = copy_of(template)
    with monkeypatch.context() as patch:

        def dying(work: Callable[..., Any]) -> Callable[..., Any]:
            def call(*arguments: Any) -> Any:
                done = work(*arguments)
                if any(str(argument).endswith(file) for argument in arguments):
                    raise Killed
                return done

            return call

        patch.setattr(event_scouts_step, "read_sql", dying(event_scouts_step.read_sql))
        patch.setattr(ledger_step, "execute_file", dying(ledger_step.execute_file))
        with pytest.raises(Killed):
            attribute()
    let_time_pass(disturbed)
    attribute()
    assert outcome(disturbed) == expected


def test_a_record_that_a_human_gives_to_another_person_takes_its_scout_along(warehouse: Warehouse) -> None:
    person(warehouse, 1, 1, 1)
    person(warehouse, 2, None)
    refresh()
    for row in ("101", "102"):
        decisions.resolve_unmatched_lead(
            *("module_ct_scouting_daily", row),
            person_key=key_of(warehouse, 2),
            reason="his row",
            author=AUTHOR,
            replace_link=True,
        )
        if row == "101":
            attribute()
            assert ledger_of(warehouse, 1) == (1, "A", "assigned"), "the other row names it still"
    attribute()
    assert ledger_of(warehouse, 2)[::2] == (1, "assigned")
    left = rows(warehouse, "select * from observational.lead_ledger where attributed_scout_id = 1")
    assert [str(row["person_key"]) for row in left] == [key_of(warehouse, 2)]
    assert broken(warehouse) == []


def test_events_that_move_are_no_correction_of_the_source(warehouse: Warehouse) -> None:
    left, gained = (new_person(warehouse, number) for number in (1, 2))
    event(warehouse, left, SCOUTING, 7)
    event(warehouse, left, MIGRATIONS)
    attribute()
    warehouse.execute("update observational.lead_events set person_key = %s where scout_id = 7", [gained])
    attribute()
    audited = rows(
        warehouse,
        "select backfill_method, old_attributed_scout_id as old, new_attributed_scout_id as new"
        " from ops.lead_ledger_scout_backfill_audit where person_key = %s::uuid order by id",
        left,
    )
    assert audited[-1] == {"backfill_method": "EVENTS_MOVED", "old": 7, "new": None}
    assert {key: row[:3] for key, row in ledger(warehouse).items()} == {
        left: (None, "A_FLEET", "assigned"),
        gained: (7, "A", "assigned"),
    }


@pytest.mark.parametrize("seed", range(3))
def test_any_history_of_corrections_over_any_runs_ends_as_the_plain_rules_say(warehouse: Warehouse, seed: int) -> None:
    """Persons with rows and leads; scouts are corrected, withdrawn and paid between runs that may come at any time."""
    chance = random.Random(seed)
    source: dict[int, int | None] = {}
    numbers = range(1, 13)
    for number in numbers:
        scouts = [chance.choice([None, 1, 1, 2, 3]) for _ in range(chance.randint(1, 3))]
        person(warehouse, number, *scouts, with_lead=chance.random() < 0.6)
        source |= {100 * number + place: scout for place, scout in enumerate(scouts, 1)}
    ingest()
    models = {number: LedgerModel() for number in numbers}
    for _ in range(6):
        for _ in range(chance.randint(1, 8)):
            row = chance.choice(list(source))
            source[row] = chance.choice([None, 1, 2, 3])
            correct(warehouse, row, source[row])
        ingest()
        if chance.random() < 0.4:
            number, scout = chance.choice(numbers), chance.choice([1, 2, 3])
            paid_by_statement(warehouse, key_of(warehouse, number), scout)
            models[number].paid.add(scout)
        if chance.random() < 0.7:
            attribute()
            for number, model in models.items():
                model.derive({scout for row, scout in source.items() if row // 100 == number and scout is not None})
            found = {number: ledger_of(warehouse, number)[::2] for number in numbers}
            expected = {number: (model.scout, model.state) for number, model in models.items() if model.state != "none"}
            assert {number: found[number] for number in expected} == expected
            assert {number for number, row in found.items() if row[1] == "conflict"} == {
                number for number, model in models.items() if model.state == "conflict"
            }
            assert {number for number, row in found.items() if row[0] is None} == {
                number for number, model in models.items() if model.scout is None
            }
            assert broken(warehouse) == []
            assert differences(warehouse, LIVE) == {}
