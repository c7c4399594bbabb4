"""### Scout attribution refresh: who brought this driver

**What.** Links scouting rows that match no driver, sets the scout of a cabinet lead where one lead corresponds to one
scouting row, and derives the lead ledger: one scout → assigned; several → conflict, none assigned. It never invents a
scout and never changes collections, claims or payments. **When.** Every 4 hours (`0 */4 * * *`, time zone
`CONTROL_TOWER_TIMEZONE`); after each ingestion as well with `CONTROL_TOWER_ATTRIBUTION_FOLLOWS_INGESTION`.

**Reads** what `identity_ingestion` wrote. **Writes** `canon.identity_links`, `observational.lead_events.scout_id`,
`observational.lead_ledger`, the append-only `ops.*_audit` tables, `ops.scout_attribution_daily`, the read models of
payments and claims (`canon.scout_payments`, `canon.cabinet_claims`, `canon.partner_claims`), what changed in the
claims (`ops.claim_changes`), and the partner's payments as last seen (`canon.partner_payments`). **Assets**
`control-tower/lead_ledger`, `control-tower/scout_payments`, `control-tower/partner_claims`.

**Safe to run again?** Yes, at any time, also after a crash: batches commit with their audit rows, a run continues
where the last one stopped, and a run without new data writes nothing.

**When it is red.** Open the failed task's log: its last lines name the problem and the next action. `run_checks` red:
an invariant is broken; the log lists the first offenders. A broken audit chain names the run whose audit rows were
changed: leave the database unchanged and call its owner. Each run verifies what was sealed since the last one, and the
whole chain once a day; reading `ops.v_audit_chain` verifies the whole chain at once.
"""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import task

from control_tower import materialized_views
from control_tower.airflow_dags.assets import LEAD_LEDGER, PARTNER_CLAIMS, SCOUT_PAYMENTS, attribution_schedule
from control_tower.airflow_dags.factory import dag_factory
from control_tower.attribution.event_scouts import backfill_event_scouts
from control_tower.attribution.ledger import refresh_ledger
from control_tower.identity.person_backfill import backfill_links
from control_tower.monitoring import checks
from control_tower.operators import SqlStep, python_step
from control_tower.payments.read_models import refresh_partner_claims, refresh_scout_payments
from control_tower.pipeline_dag import close_run, open_run, shared_arguments


@dag_factory(
    schedule=attribution_schedule,
    dagrun_timeout=timedelta(hours=2),
    tags=["control-tower", "scouts"],
    doc_md=__doc__,
    shared=shared_arguments,
)
def scout_attribution_refresh() -> None:
    """Backfills, ledger, audit seal, daily metrics, read models, checks; see the module docstring."""
    run_id = open_run("scout_attribution_refresh")
    links = task(python_step(backfill_links, is_atomic=False))(run_id)
    event_scouts = task(python_step(backfill_event_scouts, is_atomic=False))(run_id)
    ledger = task(outlets=[LEAD_LEDGER])(python_step(refresh_ledger, is_atomic=False))(run_id)
    sealed = SqlStep(files=["pipeline/9_audit/seal_audit.sql"], run_id=run_id)
    daily = SqlStep(files=["pipeline/8_ledger/daily_metrics.sql"], run_id=run_id)
    seen = SqlStep(files=["pipeline/10_payments/record_partner_payments.sql"], run_id=run_id)
    refreshed = task(python_step(materialized_views.refresh_materialised_views, is_atomic=False))(run_id)
    payments = task(outlets=[SCOUT_PAYMENTS])(python_step(refresh_scout_payments, is_atomic=False))(run_id)
    claims = task(outlets=[PARTNER_CLAIMS])(python_step(refresh_partner_claims))(run_id)
    checked = task(python_step(checks.run_checks, is_atomic=False))(run_id)

    run_id >> links >> event_scouts >> ledger >> sealed >> daily
    daily >> seen >> refreshed >> payments >> claims >> checked >> close_run(run_id)
