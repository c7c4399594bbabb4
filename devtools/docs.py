"""The generated tables of the README and of `docs/`: read from the code, the SQL files and the catalogue of a database.

`make docs` rewrites them; `tests/docs/test_generated.py` compares them.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from control_tower.migrate import data_dictionary
from control_tower.migrate.files import REPEATABLE, SqlFile
from control_tower.settings import ENV_PREFIX, Settings

PROJECT = Path(__file__).resolve().parents[1]
SQL = PROJECT / "sql"
PACKAGE = PROJECT / "plugins" / "control_tower"

ESTABLISHED = {
    "canon.claims_yango_cabinet_14d": "claims of an older program, read by its views",
    "canon.driver_orphan_quarantine": "driver accounts whose trips count for nothing",
    "canon.drivers_index": "driver accounts with their normalised keys",
    "canon.identity_links": "which record or driver account is which person, by which rule, on what evidence",
    "canon.identity_origin": "origins of persons, of an older program",
    "canon.identity_origin_history": "their history",
    "canon.identity_registry": "persons",
    "canon.identity_rekeys": "records of the old md5 keys with their keys of today",
    "canon.identity_unmatched": "records without a person, with the reason and the candidates",
    "observational.lead_events": "one event per dated record",
    "observational.lead_ledger": "one row per person: who brought it, by which rule",
    "observational.scouting_match_candidates": "candidates of an older program",
    "ops.alerts": "alerts of an older program",
    "ops.identity_matching_jobs": "jobs of an older program",
    "ops.identity_links_backfill_audit": "audit rows of the person backfill",
    "ops.ingestion_runs": "runs of both jobs",
    "ops.lead_events_scout_backfill_audit": "audit rows of event scouts",
    "ops.lead_ledger_scout_backfill_audit": "audit rows of the ledger",
    "ops.partner_payment_rules": "what the partner pays per milestone; entered by people",
    "ops.scout_payment_rules": "what a scout is paid per milestone; entered by people",
    "ops.yango_payment_status_ledger": "payments of the partner; loaded by another program",
    "ops.control_tower_schema_version": "the revision of the schema, kept by Alembic",
}
"""What tables hold that the baseline migration does not describe."""

_WRITE = re.compile(
    r"\b(insert into|update|copy|delete from|truncate|truncate_working_table\()\s*'?"
    r"((?:canon|observational|ops)\.[a-z_0-9]+)",
    re.IGNORECASE,
)


def dags(found: Iterable[Any]) -> Iterator[str]:
    """One row per DAG: name, schedule, title of its docstring."""
    yield "| DAG | runs | what it does |"
    yield "|---|---|---|"
    for dag in found:
        title = dag.doc_md.strip().splitlines()[0].removeprefix("### ")
        runs = f"`{dag.schedule}`" if dag.schedule else "by hand"
        yield f"| [`{dag.dag_id}`](dags/{dag.dag_id}.py) | {runs} | {title} |"


def checks() -> Iterator[str]:
    """One row per file of `sql/checks`: the invariant, and what an offender is."""
    yield "| the invariant | an offender is |"
    yield "|---|---|"
    for file in sorted((SQL / "checks").glob("*.sql")):
        yield f"| [`{file.stem}`](../sql/checks/{file.name}) | {_header(file)} |"


def views() -> Iterator[str]:
    """One row per view of the contract that the package owns, by subject: its full name, and its first sentence."""
    yield "| view | what it shows |"
    yield "|---|---|"
    for subject in ("identity", "attribution", "money", "monitoring", "dimensions"):
        for file in sorted((SQL / "views" / subject).glob("dim_*.sql" if subject == "dimensions" else "v_*.sql")):
            (created,) = re.findall(r"create or replace view (\S+)", file.read_text())
            sentence = re.split(r"(?<=\.)\s", _header(file), maxsplit=1)[0].removesuffix(".")
            yield f"| [`{created}`](../{file.relative_to(PROJECT)}) | {sentence} |"


def public_views() -> dict[str, SqlFile]:
    """The views that readers may see, by name, with their files."""
    paths = [path for folder in REPEATABLE for path in sorted((SQL / folder).glob("*.sql"))]
    found = data_dictionary.views(SqlFile(path.relative_to(SQL).as_posix(), path.read_text()) for path in paths)
    return {name: SqlFile(file.name, file.text) for name, file in found.items()}


def settings() -> Iterator[str]:
    """One row per field of Settings."""
    yield "| variable | default | meaning |"
    yield "|---|---|---|"
    for name, field in Settings.model_fields.items():
        default = "–" if field.default is None else f"`{field.default}`"
        yield f"| `{ENV_PREFIX}{name.upper()}` | {default} | {field.description} |"


def tables(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """One row per table of the package's schemas: what it holds, its writers, what deletes its rows, its triggers."""
    yield "| table | holds | filled by | drained by | triggers |"
    yield "|---|---|---|---|---|"
    rows = connection.execute(
        "select relnamespace::regnamespace::text || '.' || relname,"
        " array(select tgname from pg_trigger where tgrelid = pg_class.oid and not tgisinternal order by tgname)"
        " from pg_class where relkind = 'r' and relnamespace::regnamespace::text in ('canon', 'observational', 'ops')"
        " order by 1"
    ).fetchall()
    fill, drain = _writers()
    held = _described() | ESTABLISHED
    for name, triggers in rows:
        file = SQL / "triggers" / f"{name.partition('.')[2]}.sql"
        on_it = f"[{', '.join(triggers)}](../{file.relative_to(PROJECT)})" if triggers else "–"
        yield f"| `{name}` | {held.get(name, '')} | {_cell(fill[name])} | {_cell(drain[name])} | {on_it} |"


def _cell(files: set[Path]) -> str:
    return ", ".join(f"[{_short(file)}](../{file.relative_to(PROJECT)})" for file in sorted(files)) or "–"


def _short(file: Path) -> str:
    if file.suffix == ".py":
        return f"python: {file.relative_to(PACKAGE).with_suffix('').as_posix()}"
    if file.parent.name == "triggers":
        return f"trigger: {file.stem}"
    return file.relative_to(SQL).with_suffix("").as_posix().removeprefix("pipeline/")


def _writers() -> tuple[dict[str, set[Path]], dict[str, set[Path]]]:
    """The files that insert into or update each table, and those that delete from it."""
    fill: dict[str, set[Path]] = defaultdict(set)
    drain: dict[str, set[Path]] = defaultdict(set)
    for file, text in _statements():
        for verb, table in _WRITE.findall(text):
            (drain if verb.lower().startswith(("delete", "truncate")) else fill)[table].add(file)
    return fill, drain


def _statements() -> Iterator[tuple[Path, str]]:
    for file in SQL.rglob("*.sql"):
        if file.parent.name not in ("migrations", "rehearsal"):  # what a rehearsal writes is rolled back
            yield file, re.sub(r"--.*", "", file.read_text())
    for file in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield file, node.value


def _described() -> dict[str, str]:
    """What the migrations since the baseline say of their tables: the first sentence of the comment above each."""
    found = {}
    files = sorted((SQL / "migrations").glob("*.sql"))
    text = "\n".join(file.read_text() for file in files if file.name >= "0003")
    created = re.compile(r"((?:^--.*\n)*)^create (?:unlogged )?table (?:if not exists )?(\S+)", re.MULTILINE)
    for comment, table in created.findall(text):
        said = " ".join(line.removeprefix("--").strip() for line in comment.splitlines())
        found[table] = re.split(r"(?<=\.)\s", said, maxsplit=1)[0].removesuffix(".").replace("|", "\\|")
    return found


def _header(file: Path) -> str:
    """The comment at the top of a SQL file, on one line."""
    lines = []
    for line in file.read_text().splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines).replace("|", "\\|")
