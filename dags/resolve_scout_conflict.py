"""### Decide who brought a person

**What.** Writes a human's decision on the scout of a person, or that no scout brought them, to the lead ledger (rule
`MANUAL`). No run changes it, unless a scout that the decision did not know claims the person: then it is a conflict
again, and the ledger keeps the decision until a human decides again.

**When.** By hand, for the persons in `ops.v_scout_attribution_conflicts`.

**Reads** the person's events and ledger row, the list of scouts. **Writes** `observational.lead_ledger`,
`ops.lead_ledger_scout_backfill_audit`, `ops.human_decisions` (who, when, why, before, after). Never changes
collections, claims or payments.

**Safe to run again?** Yes: a later decision replaces an earlier one, and both are recorded. Clearing the task of a DAG
run that has decided changes nothing.

**When it is red.** The last lines of the log name the reason and the next action: no reason given, an unknown person
or scout. Nothing was written. While a run is active the task retries for ten minutes.

**Example configuration.** `{"person_key": "6f1b…", "scout_id": 7, "reason": "Scout 7 shows the signed form of 3
May"}`; without `scout_id`: no scout brought this person.

---

**Qué.** Registra la decisión humana sobre qué scout trajo a una persona, o que nadie la trajo. Ninguna máquina la
cambia, hasta que la reclame un scout nuevo. **Cuándo.** A mano, para los conflictos. **¿Se puede repetir?** Sí; la
última decisión vale y todas quedan registradas. **Si está en rojo:** las últimas líneas dicen qué se rechazó y qué
hacer; no se escribió nada.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, dag, get_current_context, task

from control_tower.decisions import resolve_scout_conflict as decide_scout
from control_tower.decisions.forms import WAIT_FOR_RUNS, author_of, reason_parameter, refusals_are_final


@dag(
    schedule=None,
    catchup=False,
    max_active_runs=1,
    default_args=WAIT_FOR_RUNS,
    params={
        "person_key": Param(
            type="string",
            format="uuid",
            title="Person / Persona",
            description="The person_key; that of a merged person means its survivor. / Su person_key.",
        ),
        "scout_id": Param(
            None,
            type=["null", "integer"],
            minimum=0,
            title="Scout",
            description="The scout_id; empty: no scout brought this person. / El scout_id; vacío: nadie la trajo.",
        ),
        "reason": reason_parameter(),
    },
    tags=["control-tower", "manual", "scouts"],
    doc_md=__doc__,
)
def resolve_scout_conflict() -> None:
    """One decision."""

    @task
    def decide() -> dict[str, Any]:
        """Carry the decision out; the result is what was before and after."""
        context = get_current_context()
        params = context["params"]
        with refusals_are_final():
            return decide_scout(
                params["person_key"], params["scout_id"], params["reason"], author=author_of(context)
            ).summary()

    decide()


resolve_scout_conflict()
