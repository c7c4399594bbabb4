"""The steps of a run as bars on one axis of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from control_tower.web.models.runs import RunStep

_THINNEST = 0.4  # per cent of the width, so that a step of an instant is seen


@dataclass(frozen=True)
class StepBar:
    """A step: its bar begins at `x` per cent of the axis. `change`: rows more or fewer than in the run before."""

    step: RunStep
    x: float
    width: float
    change: int | None


@dataclass(frozen=True)
class StepBars:
    """The bars in the order in which the steps began, and how many seconds the axis is long."""

    bars: list[StepBar]
    seconds: float


def step_bars(steps: Sequence[RunStep], started_at: datetime, ended_at: datetime) -> StepBars:
    """Where each step lies between the start of the run and its end.

    A step that was repeated after the run had been taken over may have ended later: the axis is as long as it takes.
    """
    begin = min([started_at, *(step.started_at for step in steps)])
    end = max([ended_at, *(step.finished_at for step in steps)])
    length = max((end - begin).total_seconds(), 0.001)

    def bar(step: RunStep) -> StepBar:
        x = 100 * (step.started_at - begin).total_seconds() / length
        width = max(100 * step.seconds / length, _THINNEST)
        change = None if step.rows_before is None else step.rows_changed - step.rows_before
        return StepBar(step, round(min(x, 100 - width), 2), round(min(width, 100.0), 2), change)

    return StepBars([bar(step) for step in steps], length)
