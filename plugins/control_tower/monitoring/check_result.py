"""What a check found: a value, apart from how it was found and from what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["OK", "YELLOW", "RED", "UNKNOWN"]

RANK: dict[Severity, int] = {"OK": 0, "UNKNOWN": 1, "YELLOW": 2, "RED": 3}
"""The order of severities: what is not known is neither healthy nor an alarm."""

CHECK_FAILED = "CHECK_FAILED"
"""State of a check that could not run."""
NOT_CONFIGURED = "NOT_CONFIGURED"
"""State of a channel without a connection."""
NOBODY_ASKED = frozenset({NOT_CONFIGURED, "UNKNOWN"})
"""States of what nobody asked for: such a channel, or a source that is not watched, or optional and empty. No fault,
and nothing that makes the whole unknown."""


@dataclass(frozen=True)
class Result:
    """One check at one moment.

    Attributes:
        check_name: `<group>.<subject>`, for example `pipeline.identity_run`; the key of its history.
        severity: How bad it is.
        state: A code of the contract, such as `RED_INGESTION_STALE`; `OK` when healthy.
        cause: Problems with the same cause are told in one message.
        value: What was measured, by name; the name's ending is its unit (`_seconds`, `_pct`, `_count`).
        limit: The limits it was held against, under the same names.
        details: What else helps: run, error, last good moment.
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
    def codes(self) -> tuple[str, ...]:
        """All states that are as bad as the result: a pipeline may have failed and be stale at the same time."""
        found = tuple(code for code in self.details.get("states") or () if code.startswith(f"{self.severity}_"))
        return found or (self.state,)

    @property
    def is_problem(self) -> bool:
        """Whether somebody should know."""
        return self.severity in ("YELLOW", "RED")


def worst(severities: Mapping[str, Severity] | list[Severity]) -> Severity:
    """The worst of several severities; OK when there is none."""
    found = severities.values() if isinstance(severities, Mapping) else severities
    return max(found, key=RANK.__getitem__, default="OK")
