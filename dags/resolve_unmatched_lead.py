"""### Decide which person a record is

**What.** Writes a human's decision on a lead, scouting row or migration that no rule could link, or whose link is
contested: it is this person, or the person of this driver, or nobody (`ignore`). Exactly one of the three. The link
gets rule `MANUAL`, score 100; no machine changes it again.

**When.** By hand, for the records in `ops.v_identity_unmatched` (OPEN, IGNORED) and `ops.v_identity_contested`.

**Reads** what `identity_ingestion` wrote. **Writes** `canon.identity_links`, `canon.identity_unmatched`,
`observational.lead_events.person_key`, `ops.identity_links_backfill_audit`, `ops.human_decisions`. With a driver, all
accounts of that driver are linked, and a person is founded if nobody has them yet. A person whom nothing is left of
after its record was taken away gives up its driver accounts and is removed.

**Safe to run again?** Yes: a later decision replaces an earlier one, and both stay on record. The ledger follows with
the next `scout_attribution_refresh`.

**When it is red.** The last lines of the log say what was refused and what to do: no reason, not exactly one choice,
an unknown record, person or driver, a driver whose accounts belong to several persons, a link that nothing speaks
against (`replace_link` changes it all the same). Nothing was written. While a pipeline is at work the task waits and
tries again by itself, for ten minutes.

**Example configuration.** `{"source_table": "module_ct_cabinet_leads", "source_pk": "A-4711", "driver_id": "d81f…",
"reason": "Called her: she changed her number in May"}`

---

**Qué.** Registra la decisión humana sobre quién es un registro: una persona, un conductor o nadie (`ignore`);
exactamente una de las tres. Ninguna máquina la cambia. **Cuándo.** A mano, para registros sin enlace o con enlace en
duda. **¿Se puede repetir?** Sí; la última decisión vale y todas quedan registradas. **Si está en rojo:** las últimas
líneas dicen qué se rechazó y qué hacer; no se escribió nada.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import Param, dag, get_current_context, task

from control_tower.decisions import resolve_unmatched_lead as decide_record
from control_tower.decisions.forms import WAIT_FOR_RUNS, author_of, reason_parameter, refusals_are_final
from control_tower.sources import SOURCE_TABLES


@dag(
    schedule=None,
    catchup=False,
    max_active_runs=1,
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
            description="A person_key; that of a merged person stands for its survivor. / Un person_key.",
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
            description="Set the record aside; no machine looks at it again. / Apartar el registro.",
        ),
        "replace_link": Param(
            False,
            type="boolean",
            title="Replace a link that stands / Reemplazar un enlace vigente",
            description="Also change a link that nothing speaks against. / Cambiar también un enlace sin dudas.",
        ),
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


resolve_unmatched_lead()
