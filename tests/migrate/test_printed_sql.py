"""print_sql: a script that a DBA runs with psql instead of us."""

from __future__ import annotations

import pytest

from control_tower.migrate import migrate


@pytest.mark.parametrize("database", ["empty_database", "established_database"])
def test_the_printed_script_run_by_hand_ends_in_the_same_database(
    database, request, server, psql, schema_of, rows_of, established_template
) -> None:
    by_hand = request.getfixturevalue(database)
    by_us = server.create(template=established_template if "established" in database else "template0")
    try:
        script = migrate(by_hand, print_sql=True).sql
        assert by_hand.query("select to_regclass('ops.control_tower_schema_version')") == [(None,)]

        done = psql(by_hand, script)
        assert done.returncode == 0, done.stderr
        migrate(server.uri(by_us))

        assert schema_of(by_hand) == schema_of(server.uri(by_us))
        ours, theirs = rows_of(server.uri(by_us)), rows_of(by_hand)
        assert {name: len(rows) for name, rows in ours.items()} == {name: len(rows) for name, rows in theirs.items()}
        assert migrate(by_hand).applied == ()
    finally:
        server.drop(by_us)


def test_the_script_stops_at_the_first_error_and_changes_nothing(established_database, psql, schema_of) -> None:
    established_database.query("alter table public.drivers rename phone to telefono")
    before = schema_of(established_database)

    done = psql(established_database, migrate(established_database, print_sql=True).sql)

    assert done.returncode == 3
    assert "public.drivers.phone" in done.stderr
    assert schema_of(established_database) == before


def test_a_script_that_has_become_stale_refuses_to_run(empty_database, psql) -> None:
    script = migrate(empty_database, print_sql=True).sql
    migrate(empty_database)

    done = psql(empty_database, script)

    assert done.returncode == 3
    assert "printed for another schema version" in done.stderr
    assert "print it again" in done.stderr
