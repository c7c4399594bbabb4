"""Links, unmatched records and events under the old md5 keys of scouting rows get the row's id, once."""

from __future__ import annotations

import hashlib

import pytest

from control_tower.migrate import migrate

SCOUTING = "module_ct_scouting_daily"


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def links(database):
    return dict(
        database.query(
            "select source_pk, right(person_key::text, 2) from canon.identity_links where source_table = %s",
            SCOUTING,
        )
    )


def test_links_move_to_the_id_of_their_row_and_unknown_ones_stay(established_database) -> None:
    migrate(established_database)

    assert links(established_database) == {
        "1": "a3",  # keyed with the licence as written
        "2": "a4",  # keyed with the licence normalised and the country code kept
        "3": "a5",  # was linked under both keys: the link under the id stands
        "4": "a1",
        "5": "a5",  # shares its md5 with row 6: the lower id takes the link
        "deadbeefdeadbeefdeadbeefdeadbeef": "a3",  # the row is gone
    }


def test_nothing_is_lost_each_old_row_is_kept_in_full(established_database) -> None:
    old = established_database.query(
        "select to_jsonb(l) from canon.identity_links l where source_table = %s "
        "and source_pk ~ '^[0-9a-f]{32}$' and source_pk !~ '^deadbeef'",
        SCOUTING,
    )

    migrate(established_database)

    kept = established_database.query(
        "select old_row from canon.identity_rekeys where object = 'identity_links' order by id"
    )
    assert sorted(map(str, kept)) == sorted(map(str, old))
    superseded = established_database.query(
        "select old_source_pk, new_source_pk from canon.identity_rekeys "
        "where object = 'identity_links' and outcome = 'SUPERSEDED'"
    )
    assert superseded == [(md5("12|987333444||2025-11-07"), "3")]


def test_an_unmatched_entry_follows_its_row_unless_the_row_is_linked(established_database) -> None:
    migrate(established_database)

    unmatched = established_database.query(
        "select source_pk from canon.identity_unmatched where source_table = %s", SCOUTING
    )
    assert unmatched == [("7",)]
    assert established_database.query(
        "select new_source_pk, old_source_pk, outcome from canon.identity_rekeys "
        "where object = 'identity_unmatched' order by 1"
    ) == [("1", "1", "SUPERSEDED"), ("7", md5("14||Q7777|2025-11-10"), "REKEYED")]


def test_an_event_under_the_id_gains_the_person_and_scout_that_only_the_old_one_had(
    established_database,
) -> None:
    migrate(established_database)

    events = established_database.query(
        "select source_pk, right(person_key::text, 2), scout_id from observational.lead_events "
        "where source_table = %s order by 1",
        SCOUTING,
    )
    assert events == [("1", "a3", 11), ("3", "a5", 12), ("4", "a1", 11)]


def test_a_record_that_a_human_ignored_stays_ignored(established_database) -> None:
    established_database.query(
        "update canon.identity_unmatched set status = 'IGNORED' where source_table = %s and source_pk = '1'",
        SCOUTING,
    )

    migrate(established_database)

    assert "1" not in links(established_database)
    assert established_database.query(
        "select status::text from canon.identity_unmatched where source_table = %s and source_pk = '1'",
        SCOUTING,
    ) == [("IGNORED",)]


@pytest.mark.parametrize(
    "spelling",
    [
        "21|51999888777|q-12 3|2025-12-01",
        "21|51999888777|Q123|2025-12-01",
        "21|999888777|q-12 3|2025-12-01",
        "21|999888777|Q123|2025-12-01",
    ],
)
def test_each_plausible_spelling_of_the_old_key_is_found(established_database, spelling: str) -> None:
    established_database.query(
        "insert into public.module_ct_scouting_daily (id, scout_id, driver_phone, driver_license, "
        "registration_date) values (90, 21, '+51 999-888-777', 'q-12 3', '2025-12-01')"
    )
    established_database.query(
        "update canon.identity_links set source_pk = %s where source_table = %s and source_pk = '4'",
        md5(spelling),
        SCOUTING,
    )

    migrate(established_database)

    assert links(established_database)["90"] == "a1"


@pytest.mark.parametrize("nothing", ["", "None"])
def test_missing_parts_of_the_old_key_are_found_in_both_spellings(established_database, nothing: str) -> None:
    established_database.query("insert into public.module_ct_scouting_daily (id, driver_license) values (91, 'Q9')")
    established_database.query(
        "update canon.identity_links set source_pk = %s where source_table = %s and source_pk = '4'",
        md5(f"{nothing}|{nothing}|Q9|{nothing}"),
        SCOUTING,
    )

    migrate(established_database)

    assert links(established_database)["91"] == "a1"
