"""### Close a liquidation period: freeze what each scout is due as statements

**What.** Writes one statement per scout and currency: a line for each milestone that became payable in the period
(EARNED), and a line for each difference from what earlier statements said (CORRECTION, positive or negative, with its
reason and the line that it corrects). A closed period never changes: what turns out otherwise later is a line of the
next one. All statements together are always what is due at the last closing.

**When.** By hand, after the last day of the period and a run of `scout_attribution_refresh`. First as a dry run, which
is the default: it writes nothing and logs each statement, the totals per currency, and the differences from the last
period.

**Reads** `canon.scout_payment_milestones`, and derives persons who changed since the last refresh. **Writes**
`ops.liquidation_periods`, `ops.scout_statements`, `ops.scout_statement_lines` and `ops.human_decisions`: append-only,
sealed by the next run.

**Safe to run again?** Yes: the same days are refused the second time, and a repeated task closes nothing twice.

**When it is red.** The last lines of the log name the reason and the next action: no reason given, days that cannot be
meant, a period that was closed, or amounts that are not current (run `scout_attribution_refresh` first). Nothing was
written. While a run is active the task retries for ten minutes.

**Example configuration.** `{"period_start": "2026-03-01", "period_end": "2026-03-31", "reason": "March, approved by
finance", "dry_run": true}`

---

**Qué.** Congela lo que se le debe a cada scout en el período, como una liquidación por scout y moneda; lo que después
resulte distinto va como línea de corrección en el siguiente. **Cuándo.** A mano, terminado el período y después de
`scout_attribution_refresh`; primero en seco (`dry_run`, por defecto), que muestra todo y no escribe nada. **¿Se puede
repetir?** Sí; los mismos días se rechazan la segunda vez. **Si está en rojo:** las últimas líneas dicen qué se rechazó
y qué hacer; no se escribió nada.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from airflow.sdk import Param, get_current_context, task

from control_tower.airflow_dags.factory import dag_factory
from control_tower.decisions.forms import (
    WAIT_FOR_RUNS,
    author_of,
    reason_parameter,
    refusals_are_final,
)
from control_tower.payments.statements import close_liquidation_period as close


@dag_factory(
    schedule=None,
    default_args=WAIT_FOR_RUNS,
    params={
        "period_start": Param(
            type="string",
            format="date",
            title="First day / Primer día",
            description="First day of the period. / Primer día del período.",
        ),
        "period_end": Param(
            type="string",
            format="date",
            title="Last day / Último día",
            description="Last day of the period, included. / Último día del período, incluido.",
        ),
        "reason": reason_parameter(),
        "dry_run": Param(
            True,
            type="boolean",
            title="Dry run / En seco",
            description="Show the statements and write nothing. / Mostrar las liquidaciones sin escribir nada.",
        ),
    },
    tags=["control-tower", "manual", "scouts"],
    doc_md=__doc__,
)
def close_liquidation_period() -> None:
    """One closing."""

    @task
    def close_period() -> dict[str, Any]:
        """Close the period, or try it; the result are the statements and totals."""
        context = get_current_context()
        params = dict(context["params"])
        first, last = (date.fromisoformat(params[name]) for name in ("period_start", "period_end"))
        with refusals_are_final():
            return close(first, last, params["reason"], author=author_of(context), dry_run=params["dry_run"]).summary()

    close_period()
