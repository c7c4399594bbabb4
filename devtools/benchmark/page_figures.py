"""Pages with twenty readers at once, beside Airflow's own health endpoint under the same load."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from statistics import quantiles
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import psycopg
from psycopg.rows import dict_row

from devtools.benchmark.airflow_figures import Airflow
from devtools.benchmark.figures import Figure

BASE = "/control-tower"
HEALTH = "/api/v2/monitor/health"
LISTS = (
    "/health",
    "/review",
    "/scouts/attribution-health",
    "/scouts",
    "/scouts/conflicts",
    "/scouts/backlog",
    "/unmatched",
    "/scouts/cobranza-yango",
    "/scouts/liquidation",
    "/scouts/statements",
    "/runs",
    "/rehearsals",
    "/persons",
    "/unmatched/contested",
    "/scouts/attributed",
    "/sources/drivers",
    "/checks/source.drivers",
    "/runbook",
)
"""Pages that need no key."""
READERS = 20
EACH = 5
BAR = 8.0
HTML = {"Accept": "text/html", "Accept-Language": "es"}
WRITES = {"X-Control-Tower": "benchmark"}
KEYS = {
    "/persons/{}": "select person_key::text from ops.v_scout_attribution order by 1 limit 1",
    "/scouts/conflicts/{}": "select person_key::text from ops.v_scout_attribution_conflicts order by 1 limit 1",
    "/scouts/{}": "select scout_id::text from ops.v_scout_payment_base where scout_id is not null limit 1",
    "/scouts/statements?period={}": "select max(period_id)::text from ops.v_scout_statements",
    "/scouts/statements/{}": "select max(statement_id)::text from ops.v_scout_statements",
    "/scouts/statements/{}/print": "select max(statement_id)::text from ops.v_scout_statements",
    "/runs/{}": "select max(run_id)::text from ops.v_ingestion_runs",
    "/runs/{}/links": "select min(run_id)::text from ops.v_ingestion_runs",
    "/runs/{}/changes": "select min(run_id)::text from ops.v_ingestion_runs",
}
"""Pages about one thing, and a query for its key."""
RECORD = "select source_table, source_pk from ops.v_identity_unmatched order by 1, 2 limit 1"
CASES = (
    "select case_kind, case_key, scout_ids from ops.v_review_cases"
    " where case_kind = 'CONFLICT' order by case_key limit %s"
)


@dataclass(frozen=True)
class Answers:
    """Milliseconds of each answer, and how many of them were errors, such as 503: busy."""

    milliseconds: tuple[float, ...]
    errors: int

    def percentile(self, percent: int) -> float:
        """A percentile of the times; at least two are needed."""
        return quantiles(self.milliseconds, n=100, method="inclusive")[percent - 1]


def answer_times(airflow: Airflow, uri: str) -> list[Figure]:
    """Latencies of each page and of one step of the review, in milliseconds."""
    client = airflow.client
    with psycopg.connect(uri, autocommit=True, row_factory=dict_row) as connection:
        paths = [*LISTS, *_single_pages(connection)]
        cases = connection.execute(CASES, [READERS]).fetchall()
    for path in [HEALTH, *(BASE + path for path in paths)]:
        with suppress(httpx.HTTPError):  # an error is counted when it is measured
            _get(client, path)  # what is read once per process does not count
    own = [partial(_get, client, HEALTH)] * READERS * EACH
    health = [at_once(own)]
    measured: dict[str, Answers] = {}
    for path in paths:
        print(f"{path} …", file=sys.stderr, flush=True)
        measured[path] = at_once([partial(_get, client, BASE + path)] * READERS * EACH)
    if len(cases) > 1:
        measured["/review: case, decision, queue"] = at_once([partial(_decide, client, case) for case in cases])
    # Airflow's own endpoint before and after the pages: the machine may have been busier at one time
    health.append(at_once(own))
    together = Answers(tuple(time for one in health for time in one.milliseconds), sum(one.errors for one in health))
    group = f"pages, {READERS} at once"
    return [
        *_figures(group, "Airflow's health", together, ()),
        *(
            figure
            for path, answers in measured.items()
            for figure in _figures(group, named(path), answers, (together.percentile(95),))
        ),
    ]


def _figures(group: str, name: str, answers: Answers, base: tuple[float, ...]) -> list[Figure]:
    errors = (float(answers.errors),)
    return [
        Figure(group, f"{name}, p50", (answers.percentile(50),), "ms"),
        Figure(
            group,
            f"{name}, p95",
            (answers.percentile(95),),
            "ms",
            bases=base,
            base="Airflow's health",
            bar=BAR if base else None,
        ),
        *([Figure(group, f"{name}, errors of {len(answers.milliseconds)}", errors, "")] if answers.errors else []),
    ]


def at_once(requests: Sequence[Callable[[], object]]) -> Answers:
    """Ask with twenty requests under way at any time."""

    def timed(request: Callable[[], object]) -> tuple[float, bool]:
        began = time.perf_counter()
        try:
            request()
        except httpx.HTTPError:
            return (time.perf_counter() - began) * 1_000, True
        return (time.perf_counter() - began) * 1_000, False

    with ThreadPoolExecutor(READERS) as readers:
        answers = list(readers.map(timed, requests))
    return Answers(tuple(milliseconds for milliseconds, _ in answers), sum(is_error for _, is_error in answers))


def _get(client: httpx.Client, path: str) -> None:
    client.get(path, headers=HTML).raise_for_status()


def _decide(client: httpx.Client, case: dict[str, Any]) -> None:
    """What the review does between two cases: it decides one, and reads the queue and the next case."""
    shown = {"case_kind": case["case_kind"], "case_key": case["case_key"]}
    choice = {"choice": {"scout_id": case["scout_ids"][0]}}
    _get(client, f"{BASE}/review/case?{urlencode(shown)}")
    body = {"decisions": [{**shown, **choice}], "reason": "Benchmark"}
    client.post(f"{BASE}/api/v1/review/decisions", json=body, headers=WRITES).raise_for_status()
    _get(client, f"{BASE}/review/queue")


def _single_pages(connection: psycopg.Connection[dict[str, Any]]) -> Iterator[str]:
    for path, query in KEYS.items():
        row = connection.execute(query.encode()).fetchone()
        key = next(iter(row.values())) if row else None
        if key is not None:
            yield path.format(quote(str(key)))
    record = connection.execute(RECORD.encode()).fetchone()
    if record is not None:
        yield f"/unmatched/record?{urlencode(record)}"


def named(path: str) -> str:
    """A path without its keys, so that figures of two runs have one name."""
    plain, question, _ = path.partition("?")
    parts = ["…" if len(part) > 30 or part.isdecimal() else part for part in plain.split("/")]
    return "/".join(parts) + ("?…" if question else "")
