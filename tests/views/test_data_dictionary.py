"""Every view that readers may see, and every column of it, says in the database what it means."""

from __future__ import annotations

import re

import pytest

from control_tower.database import SQL_DIR
from control_tower.i18n.catalogue import DATA_DICTIONARY, codes
from control_tower.migrate import data_dictionary, migrate
from control_tower.migrate.managed_views import MARK
from control_tower.settings import get_settings
from devtools.docs import public_views

READABLE = (
    "select oid::regclass::text, relkind from pg_class where relkind in ('r', 'v', 'm')"
    " and relnamespace::regnamespace::text in ('canon', 'observational', 'ops')"
    " and has_table_privilege('control_tower_reader', oid, 'select') order by 1"
)
COLUMNS = (
    "select attrelid::regclass::text, attname::text, col_description(attrelid, attnum) from pg_attribute"
    " where attrelid = any(%s::regclass[]) and attnum > 0 and not attisdropped"
)
COMMENTS = "select objoid::regclass::text, objsubid, xmin::text, description from pg_description where classoid = 1259"


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def test_readers_see_the_views_that_are_described_and_no_table(warehouse) -> None:
    found = dict(warehouse.execute(READABLE).fetchall())
    assert set(found.values()) <= {"v", "m"}
    assert found.keys() == public_views().keys()
    assert len(found) > 90


def test_every_view_and_column_says_what_it_means_in_the_database(warehouse) -> None:
    views = [name for name, _ in warehouse.execute(READABLE).fetchall()]
    for view in views:
        ((comment,),) = warehouse.execute("select obj_description(%s::regclass, 'pg_class')", (view,)).fetchall()
        said = comment.partition(f" {MARK}")[0]
        assert said == data_dictionary.view_text(public_views()[view], "es"), view
        assert said != data_dictionary.view_text(public_views()[view], "en"), f"translate what {view} shows"
    columns = warehouse.execute(COLUMNS, (views,)).fetchall()
    assert len(columns) > 844
    for view, column, comment in columns:
        english = data_dictionary.column_text(view, column, "en")
        assert comment == data_dictionary.column_text(view, column, "es"), f"{view}.{column}"
        assert comment != english, f"translate {view}.{column}"
        for text in (comment, english):
            assert text.endswith("."), f"{view}.{column}: {text}"
            assert len(words(text) - words(column.replace("_", " "))) >= 3, f"{view}.{column} only repeats its name"


def test_a_column_is_described_once_per_meaning_and_no_text_is_left_over(warehouse) -> None:
    spanish, english = codes("es", DATA_DICTIONARY), codes("en", DATA_DICTIONARY)
    assert spanish["column"].keys() == english["column"].keys()
    views = [name for name, _ in warehouse.execute(READABLE).fetchall()]
    columns = {(view, column) for view, column, _ in warehouse.execute(COLUMNS, (views,)).fetchall()}
    own = {f"{view}.{column}" for view, column in columns} & english["column"].keys()
    shared = {column for view, column in columns if f"{view}.{column}" not in own}
    assert english["column"].keys() == own | shared
    assert spanish["view"].keys() == {data_dictionary.view_text(file, "en") for file in public_views().values()}


def test_the_language_of_the_comments_is_a_setting_and_a_repetition_writes_none(empty_database, monkeypatch) -> None:
    migrate(empty_database)
    spanish = empty_database.query(COMMENTS)
    migrate(empty_database)
    assert empty_database.query(COMMENTS) == spanish

    monkeypatch.setenv("CONTROL_TOWER_LANGUAGE", "en")
    get_settings.cache_clear()
    try:
        migrate(empty_database)
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()

    ((view, column),) = empty_database.query(
        "select obj_description('ops.v_payment_calculation'::regclass, 'pg_class'), col_description(attrelid, attnum)"
        " from pg_attribute where attrelid = 'ops.v_lead_events'::regclass and attname = 'scout_id'"
    )
    assert view.startswith("Each lead evaluated against each payment rule")
    assert MARK in view
    assert column == "The scout; joins ops.v_dim_scouts. NULL: none."


def test_views_that_an_established_database_had_keep_their_comments_and_the_lack_of_them(established_database) -> None:
    established_database.query("comment on view ops.v_payment_calculation is 'Finanzas: no tocar'")
    established_database.query("comment on column ops.v_payment_calculation.amount is 'en soles'")
    theirs = "select * from pg_description where objoid = any(%s::regclass[]) order by objsubid"
    views = [path.stem for path in (SQL_DIR / "views" / "established").glob("*.sql")]
    names = [
        name
        for (name,) in established_database.query(
            "select oid::regclass::text from pg_class where relname = any(%s)", views
        )
    ]
    assert len(names) >= 8
    before = established_database.query(theirs, names)
    assert len(before) == 2

    migrate(established_database)

    assert established_database.query(theirs, names) == before
    ((text,),) = established_database.query("select obj_description('ops.v_scout_attribution'::regclass, 'pg_class')")
    assert text.startswith("El scout de cada persona reclamada")


def test_a_view_of_ours_is_still_ours_where_an_earlier_version_wrote_its_comment(empty_database) -> None:
    migrate(empty_database)
    view = "ops.v_payment_calculation"
    ((comment,),) = empty_database.query(f"select obj_description('{view}'::regclass, 'pg_class')")
    earlier = comment[comment.index(MARK) :]
    before = empty_database.query(f"select xmin::text from pg_class where oid = '{view}'::regclass")
    empty_database.query(f"comment on view {view} is '{earlier}'")

    migrate(empty_database)

    assert empty_database.query(f"select obj_description('{view}'::regclass, 'pg_class')") == [(comment,)]
    assert empty_database.query(f"select xmin::text from pg_class where oid = '{view}'::regclass") == before


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_text_names_only_views_that_exist(language, warehouse) -> None:
    for text in [*codes(language, DATA_DICTIONARY)["column"].values(), *codes("es", DATA_DICTIONARY)["view"].values()]:
        for name in re.findall(r"\b(?:canon|ops|observational)\.[a-z_0-9]+", text):
            ((exists,),) = warehouse.execute("select to_regclass(%s) is not null", (name,)).fetchall()
            assert exists, f"{name} in: {text}"
