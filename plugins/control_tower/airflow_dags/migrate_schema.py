"""### Prepare the database for this version of Control Tower

**What.** Creates or updates the schemas `canon`, `observational` and `ops`, and creates missing source tables in
`public`, empty. Works on an empty database and on an established one; no row is lost or changed, except that links
under the old md5 keys of scouting rows get the current key (the old rows stay in `canon.identity_rekeys`).

**When.** By hand: after the first installation and after each upgrade, before the other DAGs are unpaused.

**Reads** the catalogue. **Writes** tables, functions, triggers and views; `ops.control_tower_schema_version` holds
the version reached.

**Safe to run again?** Yes, also concurrently: the second run waits and finds nothing to do. The established tables are
one transaction, everything else a second one; start a run that died again.

**When it is red.** The last lines of the log name the problem and the next action. Frequent ones: a source table
lacks a required column (add it and run again); a privilege is missing (grant it, or run with `print_only` and let a DBA
run the script with psql); the database is newer than the package (deploy the newer package).

**Example configuration.** `{"print_only": true}` prints the SQL into the log and changes nothing.

---

**Qué.** Crea o actualiza los esquemas `canon`, `observational` y `ops`, y crea vacías las tablas fuente de
`public` que no existen. **Cuándo.** A mano, tras instalar y tras cada actualización. **¿Se puede repetir?**
Sí, cuantas veces quiera. **Si está en rojo:** las últimas líneas del log dicen qué falta y qué hacer. Con
`{"print_only": true}` solo imprime el SQL.
"""

from __future__ import annotations

from airflow.sdk import Param, task

from control_tower.airflow_dags.factory import dag_factory


@dag_factory(
    schedule=None,
    doc_md=__doc__,
    tags=["control-tower", "manual"],
    params={
        "print_only": Param(
            False,
            type="boolean",
            title="Print only / Solo imprimir",
            description="Print the SQL instead of running it. / Imprimir el SQL en vez de ejecutarlo.",
        )
    },
)
def migrate_schema() -> None:
    """Prepare the database."""

    @task
    def prepare_database(params: dict[str, bool] | None = None) -> dict[str, object]:
        """Run or print the missing migrations; returns a summary."""
        from control_tower.migrate import migrate

        report = migrate(print_sql=bool(params and params["print_only"]))
        if report.sql is not None:
            print(report.sql)  # into the task log, where a DBA finds it
        return report.summary()

    prepare_database()
