"""### Estimate how much each kind of evidence weighs in this fleet

**What.** A link is made where the evidence for a person weighs enough. The package ships weights: how often a phone, a
licence, a plate, a car, a name, a date of hire agree among records of one person, and among those of others. This DAG
estimates them from this fleet's own records and drivers, and compares them with what humans decided. It logs each
weight in bits before and after, and decides about every record (at most 200,000) with the new ones: which links are
gained, lost, changed or contested, by rule, with examples. Names are masked.

**When.** By hand, after the first months, or when humans often correct one kind of link. First as a dry run, which is
the default. Without it a version of the weights is written; the next run of `identity_ingestion` takes it up and
evaluates every record, which takes as long as a first run. With `restore_shipped` that version has the shipped weights:
the way back.

**Reads** `canon.records_index`, `canon.drivers_index`, `canon.identity_links`, `ops.human_decisions`. **Writes**
`canon.weights_versions` and `ops.human_decisions` (append-only, sealed by the next run). All other work is rolled back.

**Safe to run again?** Yes. A version that waits for the next run is not replaced: a second one is refused.

**When it is red.** The last lines of the log name the reason and the next action: no reason given, an unknown
parameter, a version that waits already, nothing ingested yet. Nothing was written. While a run is active the task
retries for ten minutes; while it works, runs wait.

**A warning that names a level** means: at least 30 human decisions say something else about it than the data, by more
than one bit. Look at those decisions before you write the version.

**Example configuration.** `{"reason": "Half a year of decisions", "dry_run": true}`

---

**Qué.** Estima con los datos de esta flota cuánto pesa cada evidencia (teléfono, licencia, placa, auto, nombre, fecha),
y muestra qué vínculos se ganarían, perderían, cambiarían o quedarían en disputa. **Cuándo.** A mano; primero en seco
(`dry_run`, por defecto), que no escribe nada. Sin él, la siguiente corrida de `identity_ingestion` toma los pesos y
evalúa todos los registros; con `restore_shipped` se vuelve a los pesos de fábrica. **¿Se puede repetir?** Sí; mientras
una versión espera, otra se rechaza. **Si está en rojo:** las últimas líneas dicen qué se rechazó y qué hacer; no se
escribió nada.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, get_current_context, task

from control_tower.airflow_dags.factory import dag_factory
from control_tower.decisions.forms import (
    WAIT_FOR_RUNS,
    author_of,
    reason_parameter,
    refusals_are_final,
)
from control_tower.weights import estimate_weights as estimate


@dag_factory(
    schedule=None,
    default_args=WAIT_FOR_RUNS,
    params={
        "reason": reason_parameter(),
        "restore_shipped": Param(
            False,
            type="boolean",
            title="Shipped weights / Pesos de fábrica",
            description="Estimate nothing, return to the shipped weights. / No estimar; volver a los pesos de fábrica.",
        ),
        "dry_run": Param(
            True,
            type="boolean",
            title="Dry run / En seco",
            description="Show what would change and write nothing. / Mostrar qué cambiaría sin escribir nada.",
        ),
    },
    tags=["control-tower", "manual", "identity"],
    doc_md=__doc__,
)
def estimate_weights() -> None:
    """One estimate."""

    @task
    def estimate_version() -> dict[str, Any]:
        """Estimate the weights; the result is what they change."""
        context = get_current_context()
        params = dict(context["params"])
        with refusals_are_final():
            return estimate(
                params["reason"],
                author=author_of(context),
                dry_run=params["dry_run"],
                restore_shipped=params["restore_shipped"],
            ).summary()

    estimate_version()
