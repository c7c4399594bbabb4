"""What takes long to add up is asked once between two runs, in each process of the web."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.web.listing import TTLCache

COSTLY = ("select signal.*", "ops.v_match_calibration", "median_doubt_share")
"""Parts of statements whose answers change with runs and decisions alone."""
LISTED = ('select "listed"."currency", "listed"."due_amount"', "brought.person_key", "group by listed.reason_code")
"""Of lists and totals, which may be half a minute old."""
PAGES = ("/scouts", "/scouts/7", "/scouts/9", "/unmatched")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Costly parts of what was asked, in order; each answer is taken for one that took long."""
    monkeypatch.setattr(TTLCache, "FACTOR", 1e9)
    found: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        text = query if isinstance(query, str) else query.as_string(cursor) if hasattr(query, "as_string") else ""
        found.extend(part for part in (*COSTLY, *LISTED) if part in text)
        return execute(cursor, query, *arguments, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", noted)
    return found


def test_costly_answers_last_until_the_next_run(
    reader: TestClient, own_fleet: psycopg.Connection[Any], asked: list[str]
) -> None:
    own_fleet.execute("update ops.ingestion_runs set status = 'COMPLETED', completed_at = now()")
    for path in PAGES:
        assert reader.get(path).status_code == 200, path
    assert set(asked) == {*COSTLY, *LISTED}
    assert asked.count("select signal.*") == 1, "of one scout they are those of all"
    asked.clear()
    for path in PAGES:
        assert reader.get(path).status_code == 200, path
    assert asked == []
    own_fleet.execute(
        "insert into ops.ingestion_runs (job_type, status, started_at, completed_at)"
        " values ('identity_run', 'COMPLETED', now(), now())"
    )
    for path in PAGES:
        assert reader.get(path).status_code == 200, path
    assert set(asked) == set(COSTLY)
