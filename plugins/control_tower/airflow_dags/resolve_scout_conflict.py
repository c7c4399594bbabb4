"""### Decide who brought a person

**What.** Writes a human's decision on the scout of a person, or that no scout brought them (`nobody`), to the lead
ledger (rule `MANUAL`). No run changes it, unless a scout that the decision did not know claims the person: then it is a
conflict again, and the ledger keeps the decision until a human decides again. `undo_decision` takes the newest decision
back: the ledger row becomes what it was before, and the next attribution run derives it. Exactly one of the three;
leaving all of them empty decides nothing.

**When.** By hand, for the persons in `ops.v_scout_attribution_conflicts`.

**Reads** the person's events and ledger row, the list of scouts. **Writes** `observational.lead_ledger`,
`ops.lead_ledger_scout_backfill_audit`, `ops.human_decisions` (who, when, why, before, after). Never changes
collections, claims or payments.

**Safe to run again?** Yes: a later decision replaces an earlier one, and both are recorded. Clearing the task of a DAG
run that has decided changes nothing.

**When it is red.** The last lines of the log name the reason and the next action: no reason given, not exactly one
choice, an unknown person or scout, a decision that is not the newest one. Nothing was written. While a run is active
the task retries for ten minutes.

**Example configuration.** `{"person_key": "6f1b…", "scout_id": 7, "reason": "Scout 7 shows the signed form of 3
May"}`; `{"person_key": "6f1b…", "nobody": true, "reason": "She came by herself"}`.

---

**Qué.** Registra la decisión humana sobre qué scout trajo a una persona, o que nadie la trajo (`nobody`), o deshace la
última decisión (`undo_decision`); exactamente una de las tres. Ninguna máquina la cambia, hasta que la reclame un scout
nuevo. **Cuándo.** A mano, para los conflictos. **¿Se puede repetir?** Sí; la
última decisión vale y todas quedan registradas. **Si está en rojo:** las últimas líneas dicen qué se rechazó y qué
hacer; no se escribió nada.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, get_current_context, task

from control_tower.airflow_dags.factory import dag_factory
from control_tower.decisions import resolve_scout_conflict as decide_scout
from control_tower.decisions.forms import (
    WAIT_FOR_RUNS,
    author_of,
    reason_parameter,
    refusals_are_final,
    undo_parameter,
    version_parameter,
)


@dag_factory(
    schedule=None,
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
            minimum=1,
            title="Scout",
            description="This scout brought the person. / El scout_id de quien la trajo.",
        ),
        "nobody": Param(
            False,
            type="boolean",
            title="Nobody / Nadie",
            description="No scout brought this person, and none is paid. / Ningún scout la trajo; a nadie se le paga.",
        ),
        "undo_decision": undo_parameter(),
        "case_version": version_parameter(),
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
        with refusals_are_final():
            return decide_scout(**context["params"], author=author_of(context)).summary()

    decide()
