"""The result of one check: a value, independent of how it was measured and of the alerts that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

Severity = Literal["OK", "UNKNOWN", "YELLOW", "RED"]
"""From best to worst. UNKNOWN: could not be measured, which is neither healthy nor worth an alert."""
RANK: dict[Severity, int] = {severity: rank for rank, severity in enumerate(get_args(Severity))}

Group = Literal[
    "pipeline", "quality", "source", "invariant", "payments", "dag", "channel", "health", "history", "database", "probe"
]
"""What a check is about; the first part of its name. `payments` are those of the partner, `health` is the health check
itself, `history` the pruning of what it recorded, `database` an outage; `probe.<group>` says whether the checks of a
group could run."""


@dataclass(frozen=True)
class Result:
    """One check at one moment.

    Attributes:
        check_name: As `check_name()` writes it; the key of the check's history.
        severity: How bad it is.
        state: One of `states`; `OK` when healthy.
        cause: Key by which problems are grouped into one alert.
        value: Measured values by name; the name ends with the unit (`_seconds`, `_pct`, `_count`).
        limit: The limits of those values, under the same names.
        details: Context for the reader: run, error, last success.
    """

    check_name: str
    severity: Severity
    state: str
    cause: str
    value: Mapping[str, Any] = field(default_factory=dict)
    limit: Mapping[str, Any] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """The part of the name before the first dot."""
        return self.check_name.partition(".")[0]

    @property
    def subject(self) -> str:
        """The part of the name after the first dot."""
        return self.check_name.partition(".")[2]

    @property
    def worst_states(self) -> tuple[str, ...]:
        """All states that are as bad as the result: a pipeline may have failed and be stale at the same time."""
        found = tuple(state for state in self.details.get("states") or () if state.startswith(f"{self.severity}_"))
        return found or (self.state,)

    @property
    def is_problem(self) -> bool:
        """Whether it is worth an alert."""
        return self.severity in ("YELLOW", "RED")


def check_name(group: Group, subject: str) -> str:
    """`<group>.<subject>`, for example `pipeline.identity_run`."""
    return f"{group}.{subject}"


def worst(severities: Iterable[Severity]) -> Severity:
    """The worst of several severities; OK when there is none."""
    return max(severities, key=RANK.__getitem__, default="OK")
