"""What the pipelines keep true, as Airflow's assets: DAGs of others may be scheduled on them.

Ingestion updates links and events, the attribution refresh the ledger and the read models of money. The refresh adds
links and scouts of events, too, and does not say so: where it follows ingestion, it would follow itself. A DAG that
needs all of it is scheduled on the ledger.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable

from control_tower.settings import get_settings

IDENTITY_LINKS = Asset("control-tower/identity_links")
LEAD_EVENTS = Asset("control-tower/lead_events")
LEAD_LEDGER = Asset("control-tower/lead_ledger")
SCOUT_PAYMENTS = Asset("control-tower/scout_payments")
PARTNER_CLAIMS = Asset("control-tower/partner_claims")

EVERY_FOUR_HOURS = "0 */4 * * *"


def attribution_schedule() -> Any:
    """Every four hours; after each ingestion as well, if the settings say so."""
    settings = get_settings()
    if not settings.attribution_follows_ingestion:
        return EVERY_FOUR_HOURS
    return AssetOrTimeSchedule(
        timetable=CronTriggerTimetable(EVERY_FOUR_HOURS, timezone=settings.timezone),
        assets=[IDENTITY_LINKS, LEAD_EVENTS],
    )
