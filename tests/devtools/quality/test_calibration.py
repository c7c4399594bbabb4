"""The calculations of the scoreboard on rows made by hand."""

from __future__ import annotations

from math import comb

import pytest

from devtools.benchmark.quality.calibration import BOUNDS, CENTRAL, Judged, calibrate, consistent_bands, lies_within


def links(probability: float, *, right: int, wrong: int) -> list[Judged]:
    return [Judged(True, probability, True)] * right + [Judged(True, probability, False)] * wrong


def test_a_band_counts_links_and_candidates_and_takes_the_mean() -> None:
    (band,) = calibrate([Judged(True, 0.92, True), Judged(False, 0.96, False), Judged(False, 0.94, True)])
    assert (band.low, band.high, band.links, band.first_candidates, band.count) == (0.9, 0.97, 1, 2, 3)
    assert band.mean_probability == pytest.approx(0.94)
    assert (band.right, band.share_right) == (2, pytest.approx(2 / 3))


def test_a_limit_belongs_to_the_band_above_it_and_one_to_the_last() -> None:
    assert [(band.low, band.count) for band in calibrate(Judged(True, limit, True) for limit in BOUNDS)] == [
        *((limit, 1) for limit in BOUNDS[:-2]),
        (0.999, 2),
    ]
    assert calibrate([]) == ()


@pytest.mark.parametrize("probability", [-0.01, 1.01, float("nan")])
def test_what_is_no_probability_is_refused(probability: float) -> None:
    with pytest.raises(ValueError, match="no probability"):
        calibrate([Judged(True, probability, True)])


@pytest.mark.parametrize(("count", "probability"), [(1, 0.5), (7, 0.97), (40, 0.3), (200, 0.95), (200, 0.999)])
def test_the_interval_is_the_exact_one(count: int, probability: float) -> None:
    terms = [comb(count, k) * probability**k * (1 - probability) ** (count - k) for k in range(count + 1)]
    tail = (1 - CENTRAL) / 2
    for right in range(count + 1):
        wanted = sum(terms[: right + 1]) >= tail and sum(terms[right:]) >= tail
        assert lies_within(right, count, probability) is wanted, right


def test_large_counts_and_certain_probabilities() -> None:
    # The standard deviation is 31.6: 2.58 of them are 81.
    assert lies_within(999_000, 1_000_000, 0.999)
    assert lies_within(999_000 - 80, 1_000_000, 0.999)
    assert not lies_within(999_000 - 90, 1_000_000, 0.999)
    assert not lies_within(999_000 + 90, 1_000_000, 0.999)
    assert not lies_within(0, 1_000_000, 0.999)
    assert lies_within(5, 5, 1.0)
    assert not lies_within(4, 5, 1.0)
    assert lies_within(0, 5, 0.0)
    assert not lies_within(1, 5, 0.0)


def test_bands_that_promise_too_much_or_too_little_are_not_consistent() -> None:
    boastful = links(0.995, right=900, wrong=100)
    modest = links(0.6, right=100, wrong=0)
    true = links(0.95, right=95, wrong=5)
    bands = calibrate([*boastful, *modest, *true])
    assert [band.is_consistent for band in bands] == [False, True, False]
    assert consistent_bands(bands) == 1
