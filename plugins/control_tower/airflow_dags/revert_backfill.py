"""### Undo what an attribution run did

**What.** Restores, row by row, what one run of `scout_attribution_refresh` changed, newest effect first: scouts and
states of the ledger, scouts of lead events, links of scouting rows and the persons created for them. Only rows still as
that run wrote them; a row changed since is reported and left alone. The restored state is held: the ledger (rule
`MANUAL`) until a scout appears that is unknown today; the event and the record (IGNORED) until a human decides.

**When.** By hand, when a run used wrong data. First as a dry run, which is the default: it does the same, rolls back
and shows the difference.

**Reads** the run's rows in the `ops.*_backfill_audit` tables. **Writes** `observational.lead_ledger`,
`observational.lead_events.scout_id`, `canon.identity_links`, `canon.identity_unmatched`, new rows in the audit tables
(`notes`: "reverted run N: reason") and `ops.human_decisions`. The run's own audit rows stay as they were sealed.

**Safe to run again?** Yes: a second revert of the same run finds nothing left to do.

**When it is red.** The last lines of the log name the reason and the next action: no reason given, an unknown run, a
run of another job, a run that has not ended. Nothing was written. While a run is active the task retries for ten
minutes.

**Example configuration.** `{"run_id": 42, "reason": "The scouting file of 3 May was loaded twice", "dry_run": true}`

---

**Qué.** Deshace fila por fila lo que hizo una corrida de `scout_attribution_refresh`, solo donde nadie lo cambió
después; ninguna corrida posterior lo vuelve a hacer. **Cuándo.** A mano; primero en seco (`dry_run`, por defecto),
que muestra la diferencia y no escribe nada. **¿Se puede repetir?** Sí; la segunda vez no cambia nada. **Si está en
rojo:** las últimas líneas dicen qué se rechazó y qué hacer; no se escribió nada.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, get_current_context, task

from control_tower.airflow_dags.factory import dag_factory
from control_tower.decisions import revert_backfill as revert
from control_tower.decisions.forms import WAIT_FOR_RUNS, author_of, reason_parameter, refusals_are_final


@dag_factory(
    schedule=None,
    default_args=WAIT_FOR_RUNS,
    params={
        "run_id": Param(
            type="integer",
            minimum=1,
            title="Run / Corrida",
            description="Number of the run in ops.ingestion_runs. / Número de la corrida.",
        ),
        "reason": reason_parameter(),
        "dry_run": Param(
            True,
            type="boolean",
            title="Dry run / En seco",
            description="Show the difference and write nothing. / Mostrar la diferencia sin escribir nada.",
        ),
    },
    tags=["control-tower", "manual", "scouts"],
    doc_md=__doc__,
)
def revert_backfill() -> None:
    """One revert."""

    @task
    def revert_run() -> dict[str, Any]:
        """Carry the revert out, or try it; the result is the difference."""
        context = get_current_context()
        params = context["params"]
        with refusals_are_final():
            return revert(
                params["run_id"], params["reason"], author=author_of(context), dry_run=params["dry_run"]
            ).summary()

    revert_run()
