"""### Split a person that is two

**What.** Undoes a merge: the person that a run of `identity_ingestion` merged into another returns under its own key,
with its records, events and ledger row; the other is what it was before. Records and driver accounts linked since the
merge are decided again by the next run. No run merges the two persons again: the driver whose phone and licence caused
the merge becomes a case for review.

**When.** By hand, when a person of `ops.v_merged_persons` turns out to be two. First as a dry run, which is the
default: it does the same, rolls back and shows what returns where.

**Reads** `canon.identity_aliases`, which keeps what each merge moved. **Writes** `canon.identity_registry`,
`canon.identity_links`, `canon.identity_unmatched`, `observational.lead_events.person_key`,
`observational.lead_ledger`, the `ops.*_backfill_audit` tables, `ops.human_decisions`. Never changes collections,
claims or payments.

**Safe to run again?** Yes: a merge that is undone already is refused, and nothing is written. Clearing the task of a
DAG run that has split changes nothing.

**When it is red.** The last lines of the log name the reason and the next action: no reason given, an unknown person,
one that was not merged, several persons merged into this one (name the one that returns), a decision on the scout since
the merge (undo it first), no record left to return. Nothing was written. While a run is active the task retries for ten
minutes.

**Example configuration.** `{"person_key": "6f1b…", "reason": "Father and son, one car", "dry_run": true}`

---

**Qué.** Deshace una unión: la persona que una corrida unió con otra vuelve con su clave, sus registros y su scout; la
otra queda como estaba. Lo vinculado después se decide de nuevo; ninguna corrida las vuelve a unir. **Cuándo.** A mano;
primero en seco (`dry_run`, por defecto), que muestra qué vuelve a quién y no escribe nada. **¿Se puede repetir?** Sí;
la segunda vez se rechaza. **Si está en rojo:** las últimas líneas dicen qué se rechazó y qué hacer; no se escribió
nada.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, get_current_context, task

from control_tower.airflow_dags.factory import dag_factory
from control_tower.decisions import split_merged_person as split
from control_tower.decisions.forms import WAIT_FOR_RUNS, author_of, reason_parameter, refusals_are_final


@dag_factory(
    schedule=None,
    default_args=WAIT_FOR_RUNS,
    params={
        "person_key": Param(
            type="string",
            format="uuid",
            title="Person that returns / Persona que vuelve",
            description="Key of the merged person, or of its survivor if only one was merged into it. / Su person_key.",
        ),
        "reason": reason_parameter(),
        "dry_run": Param(
            True,
            type="boolean",
            title="Dry run / En seco",
            description="Show what returns where and write nothing. / Mostrar qué vuelve a quién sin escribir nada.",
        ),
    },
    tags=["control-tower", "manual", "identity"],
    doc_md=__doc__,
)
def split_merged_person() -> None:
    """One split."""

    @task
    def split_person() -> dict[str, Any]:
        """Carry the split out, or try it; the result is what returns where."""
        context = get_current_context()
        params = context["params"]
        with refusals_are_final():
            return split(
                params["person_key"], params["reason"], author=author_of(context), dry_run=params["dry_run"]
            ).summary()

    split_person()
