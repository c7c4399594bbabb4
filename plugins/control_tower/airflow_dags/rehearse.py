"""### Show what a first run, an upgrade or another setting would change, before it is done

**What.** Runs `migrate_schema`, where this version has not prepared the database yet, and the steps of
`identity_ingestion` and `scout_attribution_refresh` in one transaction, compares the result with what was before, and
rolls everything back. It reports which objects would be created, changed or left alone; which links would be added,
contested or go to another person; whose ledger row would change, from which scout to which; and what that means for
claims and payments, by currency and person. The same for other settings, given as parameters: what an
`identity_ingestion` with them that evaluates every record, and the refresh after it, would change.

**When.** By hand: on an established database before `migrate_schema` is run for the first time, after an upgrade of the
package, and before a setting is changed. Page: `/control-tower/rehearsals`, with all differences as CSV.

**Reads** everything that the three DAGs read. **Writes** nothing: tables, definitions, rights and rows are as before.
Numbers that sequences gave out are not given again, so that later ids have gaps, and autovacuum removes what was rolled
back.

**Safe to run again?** Yes. No run and no `migrate_schema` starts meanwhile. On a database that is not prepared yet,
the tables and views that `migrate_schema` alters are locked until the end, also against readers: a minute or less for
100,000 accounts, so choose a quiet hour. On a prepared one, pages and readers are not kept waiting.

**When it is red.** The last lines of the log name the reason and the next action: an unknown parameter, a value that a
setting cannot have, a source table that cannot be read, a missing right (the user of `migrate_schema` is needed). While
a run is active, or when a lock is not given within five seconds, the task retries for ten minutes.

**Left out** are the checks at the end of the runs and the seal of the audit chain. New persons have no key in the
report: they get one when they are made. What the next run would bring anyway, such as new rows, is part of the figures;
a rehearsal without parameters shows that part.

**Example configuration.** `{"hot_value_people": 3}`, or `{"target_park_id": ""}` for no target park; `{}` changes no
setting.

---

**Qué.** Muestra qué cambiaría `migrate_schema` con la primera corrida, una actualización u otro ajuste: objetos,
vínculos, registros en disputa, scouts, cobros y pagos; todo en una transacción que se deshace. **Cuándo.** A mano,
antes de preparar una base existente, tras actualizar el paquete y antes de cambiar un ajuste. **¿Se puede repetir?**
Sí, no escribe nada. En una base sin preparar bloquea tablas y vistas hasta terminar: elija una hora tranquila. **Si
está en rojo:** las últimas líneas del log dicen qué se rechazó y qué hacer. El resultado está en
`/control-tower/rehearsals`, con CSV.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, get_current_context, task

from control_tower.airflow_dags.factory import dag_factory
from control_tower.decisions.forms import WAIT_FOR_RUNS, refusals_are_final


@dag_factory(
    schedule=None,
    default_args=WAIT_FOR_RUNS,
    params={
        "target_park_id": Param(
            None,
            type=["null", "string"],
            maxLength=100,
            title="Target park / Parque objetivo",
            description="Empty text: none; null: as it is set. / Texto vacío: ninguno; null: como está.",
        ),
        "hot_value_people": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            maximum=1000,
            title="Limit of shared values / Límite de valores compartidos",
            description="People who may carry one value; null: as it is set. / Personas por valor; null: como está.",
        ),
        "country": Param(
            None,
            type=["null", "string"],
            enum=[None, "PE", "CO"],
            title="Country / País",
            description="null: as it is set. / null: como está.",
        ),
        "timezone": Param(
            None,
            type=["null", "string"],
            maxLength=100,
            title="Time zone / Zona horaria",
            description="null: as it is set. / null: como está.",
        ),
        "trip_days_come_in_parts": Param(
            None,
            type=["null", "boolean"],
            title="Trip days come in parts / Los días de viajes vienen en partes",
            description="null: as it is set. / null: como está.",
        ),
    },
    tags=["control-tower", "manual"],
    doc_md=__doc__,
)
def rehearse() -> None:
    """One rehearsal."""

    @task
    def rehearse_changes() -> dict[str, Any]:
        """Rehearse, and return the report; all differences are another result."""
        from control_tower.rehearsal.attempt import rehearse as rehearse_database
        from control_tower.rehearsal.report import ALL_DIFFERENCES

        context = get_current_context()
        changes = {name: value for name, value in dict(context["params"]).items() if value is not None}
        with refusals_are_final():
            rehearsal = rehearse_database(changes)
        context["ti"].xcom_push(key=ALL_DIFFERENCES, value=rehearsal.all_differences())
        return rehearsal.summary()

    rehearse_changes()
