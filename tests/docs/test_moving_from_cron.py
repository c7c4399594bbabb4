"""Everything that the established set-up's own documents name has a place here, and the page says which."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from control_tower.settings import ENV_PREFIX, Settings
from control_tower.web.app import assemble
from control_tower.web.navigation import MENU, PREFIX
from tests.docs.pages import PROJECT

PAGES = ("docs/moving-from-cron.md", "docs/moving-from-cron.es.md")
FORMER = (
    # scripts, jobs and their configuration
    "run_identity_ingestion_scheduled.py", "run_scout_attribution_refresh.py", "ops_refresh_scout_attribution.py",
    "ops_refresh_scout_attribution.ps1", "setup_recurrent_job.sh", "setup_recurrent_job.ps1",
    "setup_refresh_cabinet_financial_task.ps1", "IngestionService.run_ingestion", "scout-refresh", "DATABASE_URL",
    "00_inventory_scout_sources.sql", "20_create_audit_tables.sql", "01_metrics_scout_attribution.sql",
    "02-07_create_v_*.sql", "v_data_health.sql",
    # the API
    "POST /api/v1/identity/run", "GET /api/v1/scouts/attribution/metrics",
    "GET /api/v1/scouts/attribution/metrics/daily", "GET /api/v1/scouts/attribution/conflicts",
    "GET /api/v1/scouts/attribution/backlog", "GET /api/v1/scouts/attribution/job-status",
    "POST /api/v1/scouts/attribution/run-now",
    # pages
    "/scouts/attribution-health", "/scouts/conflicts", "/scouts/backlog", "/scouts/cobranza-yango",
    "/scouts/liquidation",
    # views
    "ops.v_data_health_status", "ops.v_scout_attribution_metrics_snapshot", "ops.v_scout_attribution_metrics_daily",
    "ops.v_scout_attribution_raw", "ops.v_scout_attribution", "ops.v_scout_attribution_conflicts",
    "ops.v_persons_without_scout_categorized", "ops.v_yango_collection_with_scout", "v_conversion_metrics",
    "v_payment_calculation", "v_cabinet_financial_14d",
    # tables
    "observational.lead_events", "lead_ledger", "identity_links", "ops.ingestion_runs",
    "ops.identity_links_backfill_audit", "ops.lead_ledger_scout_backfill_audit",
    "ops.lead_events_scout_backfill_audit", "ops.job_runs_audit", "module_ct_cabinet_leads", "scouting_daily",
)  # fmt: skip
"""Every script, endpoint, page, view and table that the documents of the established set-up name."""


def rows(page: str) -> list[tuple[str, str, str]]:
    """The table: before, now, note."""
    table = (PROJECT / page).read_text().split('<a id="what-replaces-what"></a>')[1]
    found = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table.splitlines() if "|" in line]
    return [(cells[0], cells[1], cells[2]) for cells in found[2:]]


@pytest.mark.parametrize("page", PAGES)
def test_everything_former_is_listed(page: str):
    listed = " ".join(before for before, _, _ in rows(page))
    missing = [name for name in FORMER if not re.search(rf"[`/]{re.escape(name)}`", listed)]
    assert not missing


@pytest.mark.parametrize("page", PAGES)
def test_everything_is_where_the_page_says(page: str, warehouse: psycopg.Connection[Any]):
    routes = {
        f"{method} {PREFIX}{getattr(route, 'path', '')}"
        for route in assemble().routes
        for method in getattr(route, "methods", None) or ()
    }
    menu = {f"{PREFIX}{entry.path}" for entry in MENU}
    for before, now, note in rows(page):
        linked = re.findall(r"\]\(([^)]+)\)", now + note)
        for target in linked:
            assert (PROJECT / "docs" / target).exists(), f"{before}: {target}"
        plain = re.fullmatch(r"`([^`]+)`", now)
        if plain is None:
            assert linked, f"{before}: the page does not say where it is"
        elif re.match(r"(GET|POST) ", plain[1]):
            assert plain[1] in routes, before
        elif plain[1].startswith("/"):
            assert plain[1] in menu, before
        else:
            found = warehouse.execute("select to_regclass(%s)", (plain[1],)).fetchone()
            assert found is not None
            assert found[0] is not None, f"{before}: {plain[1]} is no relation"
        for setting in re.findall(rf"`{ENV_PREFIX}(\w+)`", note):
            assert setting.lower() in Settings.model_fields


def test_both_languages_have_the_same_table():
    spanish, english = ([(before, now) for before, now, _ in rows(page)] for page in PAGES[::-1])
    assert [now for _, now in spanish] == [now for _, now in english]
    assert len(spanish) >= len(FORMER) - 1


def test_the_proxy_turns_each_former_path_into_its_own():
    text = (PROJECT / PAGES[0]).read_text()
    block = text.split("```nginx\n")[1].split("```")[0]
    location = re.search(r"location ~ (\S+) ", block)
    rewrite = re.search(r"rewrite (\S+) (\S+) break;", block)
    assert location is not None
    assert rewrite is not None
    for before, now, _ in rows(PAGES[0]):
        former = re.fullmatch(r"`(?:GET|POST) (/api/\S+)`", before)
        if former:
            assert re.search(location[1], former[1]), before
            turned = re.sub(rewrite[1], rewrite[2].replace("$1", r"\1"), former[1])
            assert turned == now.strip("`").partition(" ")[2]
