"""### Decide which person a record is

**What.** Writes a human's decision on a lead, scouting row or migration that no rule links or whose link is
contested: a person, the person of a driver, or nobody (`ignore`); or takes the newest decision back (`undo_decision`):
the record becomes what it was before, and the next run evaluates it. Exactly one of the four. The link gets rule
`MANUAL` and score 100; no run changes it.

**When.** By hand, for the records in `ops.v_identity_unmatched` (OPEN, IGNORED) and `ops.v_identity_contested`.

**Reads** what `identity_ingestion` wrote. **Writes** `canon.identity_links`, `canon.identity_unmatched`,
`observational.lead_events.person_key`, `ops.identity_links_backfill_audit`, `ops.human_decisions`. With a driver, all
accounts of that driver are linked; a person is created if they have none. A person without records after the decision
loses its driver accounts, and is deleted if nothing references it.

**Safe to run again?** Yes: a later decision replaces an earlier one, and both are recorded. The next
`scout_attribution_refresh` updates the ledger.

**When it is red.** The last lines of the log name the reason and the next action: no reason given, not exactly one
choice, an unknown record, person or driver, a driver whose accounts belong to several persons, an uncontested link
(`replace_link` replaces it), a decision that is not the newest one. Nothing was written. While a run is
active the task retries for ten minutes.

**Example configuration.** `{"source_table": "module_ct_cabinet_leads", "source_pk": "A-4711", "driver_id": "d81f…",
"reason": "Called her: she changed her number in May"}`

---

**Qué.** Registra la decisión humana sobre quién es un registro: una persona, un conductor o nadie (`ignore`); o deshace
la última decisión (`undo_decision`); exactamente una de las cuatro. Ninguna máquina la cambia. **Cuándo.** A mano, para
registros sin vínculo o con vínculo en duda. **¿Se puede repetir?** Sí; la última decisión vale y todas quedan
registradas. **Si está en rojo:** las últimas líneas dicen qué se rechazó y qué hacer; no se escribió nada.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, get_current_context, task

from control_tower.airflow_dags.factory import dag_factory
from control_tower.decisions import resolve_unmatched_lead as decide_record
from control_tower.decisions.forms import (
    WAIT_FOR_RUNS,
    author_of,
    reason_parameter,
    refusals_are_final,
    undo_parameter,
    version_parameter,
)
from control_tower.sources import SOURCE_TABLES


@dag_factory(
    schedule=None,
    default_args=WAIT_FOR_RUNS,
    params={
        "source_table": Param(
            type="string",
            enum=list(SOURCE_TABLES),
            title="Source / Fuente",
            description="Where the record comes from. / De dónde viene el registro.",
        ),
        "source_pk": Param(
            type="string",
            minLength=1,
            title="Record / Registro",
            description="Its source_pk: external_id of a lead, id of any other. / Su source_pk.",
        ),
        "person_key": Param(
            None,
            type=["null", "string"],
            format="uuid",
            title="It is this person / Es esta persona",
            description="A person_key; that of a merged person means its survivor. / Un person_key.",
        ),
        "driver_id": Param(
            None,
            type=["null", "string"],
            title="It is this driver / Es este conductor",
            description="A driver_id; all accounts of that driver are linked. / Un driver_id.",
        ),
        "ignore": Param(
            False,
            type="boolean",
            title="It is nobody / No es nadie",
            description="Set the record aside; no run evaluates it again. / Apartar el registro.",
        ),
        "replace_link": Param(
            False,
            type="boolean",
            title="Replace an uncontested link / Reemplazar un vínculo vigente",
            description="Also replace a link that is not contested. / Cambiar también un vínculo sin dudas.",
        ),
        "undo_decision": undo_parameter(),
        "case_version": version_parameter(),
        "reason": reason_parameter(),
    },
    tags=["control-tower", "manual", "identity"],
    doc_md=__doc__,
)
def resolve_unmatched_lead() -> None:
    """One decision."""

    @task
    def decide() -> dict[str, Any]:
        """Carry the decision out; the result is what was before and after."""
        context = get_current_context()
        with refusals_are_final():
            return decide_record(**context["params"], author=author_of(context)).summary()

    decide()
