"""Queries about records without a person and about links."""

from __future__ import annotations

from typing import Any

import psycopg

from control_tower.masking import Kind
from control_tower.web.listing import Listing, remembered
from control_tower.web.models.identity import Calibration, Contested, Unmatched
from control_tower.web.personal_data import WHO
from control_tower.web.sql_files import execute_prepared

RECORD: dict[str, Kind] = {**WHO, "details": "json", "candidates_preview": "json"}

UNMATCHED = Listing(
    "unmatched",
    "web/identity/unmatched.sql",
    Unmatched,
    {
        "match_probability": (("match_probability", True), ("source_table", False), ("source_pk", False)),
        "created_at": (("created_at", True), ("source_table", False), ("source_pk", False)),
        "event_date": (("event_date", True), ("source_table", False), ("source_pk", False)),
        "reason_code": (("reason_code", False), ("source_table", False), ("source_pk", False)),
        "source": (("source_table", False), ("source_pk", False)),
    },
    personal=RECORD,
    description="Records that were left without a person: why, and with which candidates; the likeliest first.",
)

CONTESTED = Listing(
    "contested",
    "web/identity/contested.sql",
    Contested,
    {
        "since": (("since", False), ("source_table", False), ("source_pk", False)),
        "source": (("source_table", False), ("source_pk", False)),
    },
    personal={"candidates": "json", "content_before": "json", "content_now": "json"},
    description="Links that stand although later evidence speaks against them, and overwritten rows.",
)

CALIBRATION = Listing(
    "calibration",
    "web/identity/calibration.sql",
    Calibration,
    {
        "probability_from": (("probability_from", True), ("match_rule", False)),
        "match_rule": (("match_rule", False), ("probability_from", True)),
    },
    description="Whether probabilities keep their word: links and human decisions per match rule and band.",
)


def calibration(connection: psycopg.Connection[dict[str, Any]]) -> list[Calibration]:
    """Whether probabilities keep their word, of all rules; remembered, because it reads every link (see `TTLCache`)."""

    def read() -> list[Calibration]:
        rows = execute_prepared(connection, CALIBRATION.file)
        return [Calibration.model_validate(row) for row in rows]

    return remembered(connection, (CALIBRATION.name, "all"), read)
