"""What the scoreboard makes of links, candidates and probabilities, on rows made by hand and after a run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower.settings import get_settings
from devtools.benchmark.quality.coastal import build_coastal
from devtools.benchmark.quality.data_sets import SETS
from devtools.benchmark.quality.febrl import build_febrl
from devtools.benchmark.quality.fleet import LEADS, SCOUTING, MadeFleet, made_size
from devtools.benchmark.quality.report import Measured, as_json, table
from devtools.benchmark.quality.scoring import PROBABILITY, Score, SetScore, judgements, make_score, score
from devtools.demo.load import load_fleet
from devtools.demo.quality import Missed, SourceQuality
from tests.conftest import Database
from tests.pipeline import ingest

HAND_MADE = """
create schema ops;
create schema demo;
create table ops.v_identity_links (
    source_table text, source_pk text, matched_driver_id text, match_rule text, match_probability numeric
);
create table ops.v_identity_unmatched (source_table text, source_pk text, status text, candidates_preview jsonb);
create table demo.truth_records (source_table text, source_pk text, human_id bigint);
create table demo.truth_drivers (driver_id text, human_id bigint);
insert into demo.truth_drivers values ('d1', 1), ('d2', 2);
insert into demo.truth_records values
('leads', 'a', 1), ('leads', 'b', 3), ('leads', 'c', 2), ('leads', 'd', 1), ('leads', 'e', 1), ('rows', 'f', 2),
('leads', 'g', 1), ('leads', 'h', 2);
insert into ops.v_identity_links values
('leads', 'a', 'd1', 'R1', 0.9), ('leads', 'b', 'd2', 'R2', 0.8), ('leads', 'c', 'd2', 'MANUAL', 1),
('leads', 'd', 'd1', 'R1', null), ('leads', 'e', null, 'R1', 0.5);
insert into ops.v_identity_unmatched values
('rows', 'f', 'OPEN', '[{"driver_id": "d2", "probability": 0.4}, {"driver_id": "d1", "probability": 0.3}]'),
('leads', 'g', 'OPEN', '[{"driver_id": "d2"}, {"driver_id": "d1"}]'),
('leads', 'h', 'RESOLVED', '[{"driver_id": "d2", "probability": 0.4}]'),
('leads', 'i', 'OPEN', '[]'), ('leads', 'j', 'OPEN', null);
"""

FIGURES = SourceQuality(LEADS, records=1_500, linked=900, right_links=890, findable=1_000)
JUDGED: list[tuple[bool, float | None, bool]] = [
    *[(True, 0.998, True)] * 890,
    *[(True, 0.998, False)] * 10,
    *[(False, 0.4, True)] * 40,
    *[(False, 0.4, False)] * 60,
    (False, None, True),
]


def a_score() -> Score:
    return make_score(FIGURES, {"R4": 9, "R1": 1}, JUDGED)


def test_judgements_are_links_by_rules_and_first_candidates(empty_database: Database) -> None:
    with psycopg.connect(empty_database, autocommit=True) as connection:
        connection.execute(HAND_MADE)
        assert judgements(connection) == {
            "leads": [(True, 0.9, True), (True, 0.8, False), (False, None, False)],
            "rows": [(False, 0.4, True)],
        }
        connection.execute("alter table ops.v_identity_links drop column match_probability")
        assert judgements(connection) == {"leads": [(False, None, False)], "rows": [(False, 0.4, True)]}


def test_the_figures_of_a_source() -> None:
    made = a_score()
    assert made.f1 == pytest.approx(2 * 890 / (900 + 1_000))
    assert made.first_shown == 41
    assert made.recall_first == pytest.approx(0.931)
    assert [(band.low, band.count) for band in made.bands] == [(0.3, 100), (0.99, 900)]
    assert [band.is_consistent for band in made.bands] == [True, False]
    assert [band.count for band in made.link_bands] == [900]
    assert [band.count for band in made.candidate_bands] == [100]


def test_a_source_without_links_or_drivers_has_figures_too() -> None:
    empty = make_score(SourceQuality(LEADS, 0, 0, 0, 0), {}, [])
    assert (empty.f1, empty.recall_first, empty.bands) == (1.0, 1.0, ())
    nothing = make_score(SourceQuality(LEADS, 10, 5, 0, 10), {"R1": 5}, [])
    assert (nothing.f1, nothing.recall_first) == (0.0, 0.0)


def test_the_table_is_80_columns_wide_and_the_json_complete() -> None:
    one = a_score()
    total = SetScore({LEADS: one, SCOUTING: one}, one, persons=7, mixed_persons=1, missed=(Missed("NO_KEYS", 3, 0),))
    without = make_score(SourceQuality("", 2_500_000, 1_300_000, 1_299_000, 1_400_000), {}, [])
    measured = [Measured("own 1M", 1_000_000, 1.234, total), Measured("other", 5, 1.0, SetScore({}, without, 0, 0, ()))]
    lines = table(measured).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[2].split() == ["own", "1M", "1,500", "900", "10", "0.98889", "0.890", "0.890", "0.937", "0.931", "1/2"]
    assert lines[3] == "  wrong by R4 9, R1 1"
    assert lines[4] == "  band 0.99 to 0.999: says 0.9980, 0.9889 of 900 right"
    assert lines[5].split()[-1] == "-"
    written = json.loads(json.dumps(as_json(measured, seed=1)))
    first = written["sets"][0]
    assert first["sources"][LEADS] == first["total"]
    assert first["total"]["wrong_per_rule"] == {"R4": 9, "R1": 1}
    assert first["total"]["calibration"]["links"][0] == {
        "low": 0.99,
        "high": 0.999,
        "links": 900,
        "first_candidates": 0,
        "right": 890,
        "mean_probability": pytest.approx(0.998),
        "share_right": pytest.approx(890 / 900),
        "is_consistent": False,
    }


def test_every_size_holds_the_smaller_ones() -> None:
    names = {size: [data_set.name for data_set in sets] for size, sets in SETS.items()}
    assert names["small"] == ["own 5k", "coastal 5k", "andean 5k", "FEBRL4"]
    assert set(names["small"]) < set(names["large"]) < set(names["all"])
    assert len(set(names["all"])) == len(names["all"])


@pytest.mark.parametrize(
    ("build", "least_recall"),
    [(lambda: build_coastal(made_size(1_000)), 0.85), (lambda: build_febrl(1_000), 0.7)],
    ids=["coastal", "febrl4"],
)
def test_links_of_other_origins_are_right(
    build: Callable[[], MadeFleet],
    least_recall: float,
    warehouse: psycopg.Connection[Any],
    monkeypatch: pytest.MonkeyPatch,
    figure: Callable[[str], None],
) -> None:
    fleet = build()
    load_fleet(warehouse, fleet, report=lambda _: None)
    monkeypatch.setenv("CONTROL_TOWER_TARGET_PARK_ID", fleet.target_park_id)
    monkeypatch.setenv("CONTROL_TOWER_COUNTRY", "PE")
    get_settings.cache_clear()
    ingest()

    scored = score(warehouse)

    for source, one in scored.sources.items():
        figures = one.quality
        figure(
            f"{source:26} linked {figures.linked:5,}  wrong {figures.wrong_links}  precision {figures.precision:.4f}"
            f"  recall {figures.recall:.4f}  or first shown {one.recall_first:.4f}"
        )
    assert scored.total.quality.records == sum(1 for _ in fleet.truth_records())
    assert scored.total.quality.precision >= 0.99
    assert scored.total.quality.recall >= least_recall
    assert scored.total.recall_first >= scored.total.quality.recall
    assert sum(scored.total.wrong_per_rule.values()) == scored.total.quality.wrong_links
    has_probability = warehouse.execute(
        "select 1 from information_schema.columns where (table_schema, table_name, column_name) = (%s, %s, %s)",
        PROBABILITY,
    ).fetchone()
    assert bool(scored.total.link_bands) is bool(has_probability)
