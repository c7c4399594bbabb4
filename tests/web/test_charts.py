"""What a chart shows: gaps as gaps, a day alone as a dot, quantities from zero, and everything in words too."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from control_tower.web.pages.charts import Chart, Notation, chart, differences, round_ticks

FIRST = date(2026, 10, 23)
NOTATION = Notation(
    figure=lambda value: f"{value:g}",
    day=lambda day: day.isoformat(),
    short_day=lambda day: f"{day.day}.{day.month}.",
    nothing="no data",
    summary="{first} to {last}: {least} to {greatest}, latest {latest}; {known} of {days}",
)


def days(*values: float | None) -> list[tuple[date, float | None]]:
    return [(FIRST + timedelta(days=number), value) for number, value in enumerate(values)]


def line(*values: float | None) -> Chart:
    return chart("Conflicts", days(*values), NOTATION)


def test_a_line_ends_before_a_gap_and_begins_again_after_it() -> None:
    drawn = line(1, 2, None, None, 2, 1, 0, 1)
    assert [points.count(",") for points in drawn.lines] == [2, 4]
    assert [(gap.x, gap.width) for gap in drawn.gaps] == [(25.0, 25.0)]
    assert [dot.at for dot in drawn.dots] == [93.75], "the last day is marked"


def test_a_day_alone_between_gaps_is_a_dot_and_no_line() -> None:
    drawn = line(None, 3, None, 1)
    assert drawn.lines == []
    assert [dot.at for dot in drawn.dots] == [37.5, 87.5]
    assert [(gap.x, gap.width) for gap in drawn.gaps] == [(0.0, 25.0), (50.0, 25.0)]


def test_a_zero_is_a_figure_and_no_gap() -> None:
    drawn = chart("New", days(0, None, 4), NOTATION, kind="bars")
    assert [bar.height for bar in drawn.bars] == [0.0, 100.0]
    assert len(drawn.gaps) == 1
    assert (drawn.lines, drawn.dots) == ([], [])
    assert drawn.table == [("2026-10-25", "4"), ("2026-10-24", "no data"), ("2026-10-23", "0")]


def test_the_scale_begins_at_zero_and_its_end_stands_above_every_figure() -> None:
    drawn = line(36, 51, 38)
    assert [(tick.text, tick.at) for tick in drawn.scale] == [("0", 106.0), ("50", 56.0), ("100", 6.0)]
    assert min(float(point.split(",")[1]) for point in drawn.lines[0].split()) == 55.0


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [(0, [0, 1]), (1, [0, 1]), (2, [0, 1, 2]), (3, [0, 2, 4]), (36, [0, 20, 40]), (40, [0, 20, 40]),
     (41, [0, 50, 100]), (1_000_001, [0, 1_000_000, 2_000_000])],
)  # fmt: skip
def test_a_scale_has_whole_round_figures(highest: float, ticks: list[float]) -> None:
    assert round_ticks(highest) == ticks


def test_limits_are_named_by_the_scale() -> None:
    drawn = chart("Satisfactory", days(49.3, 80), NOTATION, top=100.0, limits=(50.0, 80.0))
    assert [tick.text for tick in drawn.scale] == ["0", "50", "80", "100"]
    assert drawn.limits == [56.0, 26.0]


def test_every_day_can_be_pointed_at_and_one_in_seven_is_named() -> None:
    drawn = line(*range(31))
    assert len(drawn.days) == 31
    assert drawn.days[0].text == "2026-10-23: 0"
    assert [mark.text for mark in drawn.dates] == ["22.11.", "15.11.", "8.11.", "1.11.", "25.10."]


def test_the_latest_figure_says_of_which_day_it_is_when_that_is_not_the_last() -> None:
    assert (line(1, 2).latest, line(1, 2).latest_day) == ("2", "")
    assert (line(1, None).latest, line(1, None).latest_day) == ("1", "2026-10-23")
    assert (line(None).latest, line(None).latest_day) == ("–", "")


def test_who_does_not_see_it_is_told_it_in_one_sentence() -> None:
    assert line(5, None, 1, 3).summary == "2026-10-23 to 2026-10-26: 1 to 5, latest 3; 3 of 4"
    assert line(None, None).summary == "no data"
    assert line().summary == "no data"


def test_a_difference_needs_both_days_and_is_never_below_zero() -> None:
    found = differences(days(10, 14, None, 20, 19))
    assert found == [(day, value) for (day, _), value in zip(days(*[0] * 5)[1:], (4, None, None, 0), strict=True)]
