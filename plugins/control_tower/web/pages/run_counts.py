"""The figures of a run beside those of the run before it, from their summaries (`ops.ingestion_runs.stats`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TOTALS = ("linked", "unmatched", "contested", "events", "rekeyed", "replaced", "gone")
"""Figures that a summary has once."""

BY_CODE = {"records_read": "source", "linked_per_rule": "rule", "unmatched_per_reason": "reason"}
"""Figures that a summary has per code, each with the group of its names in the catalogue."""


@dataclass(frozen=True)
class Count:
    """A figure of a run; `group` and `code` name it. `before` is that of the run before, None if there is none."""

    figure: str
    code: str | None
    now: int
    before: int | None

    @property
    def change(self) -> int | None:
        """How much more than before."""
        return None if self.before is None else self.now - self.before


def compared(summary: Any, previous: Any) -> list[Count]:
    """The figures of a summary and of the one before, without those that are zero in both.

    A program of earlier days may have put anything there.
    """
    now, before = _figures(summary), _figures(previous)
    keys = [*dict.fromkeys([*now, *before])]
    return [
        Count(figure, code, now.get((figure, code), 0), before.get((figure, code), 0) if before else None)
        for figure, code in sorted(keys, key=lambda key: (*_place(key[0]), key[1] or ""))
        if now.get((figure, code)) or before.get((figure, code))
    ]


def _place(figure: str) -> tuple[int, str]:
    order = ("records_read", "linked", "linked_per_rule", "unmatched", "unmatched_per_reason", *TOTALS)
    return order.index(figure), figure


def _figures(summary: Any) -> dict[tuple[str, str | None], int]:
    found: dict[tuple[str, str | None], int] = {}
    if not isinstance(summary, Mapping):
        return found
    for figure in TOTALS:
        if isinstance(value := summary.get(figure), int) and not isinstance(value, bool):
            found[figure, None] = value
    for figure in BY_CODE:
        if isinstance(per_code := summary.get(figure), Mapping):
            for code, value in per_code.items():
                if isinstance(value, int) and not isinstance(value, bool):
                    found[figure, str(code)] = value
    return found
