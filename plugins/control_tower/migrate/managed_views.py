"""Views that a database may already have: ours is created only where there is none, and kept up to date after that.

Operators rely on the exact definition of the views that carry money. A view is ours when its comment says so: the
comment goes when the view is dropped and comes along when the database is dumped, so that a definition that operators
put in place of ours is theirs from then on.
"""

from __future__ import annotations

import hashlib
import re

from control_tower.errors import MigrationError

MARK = "Control Tower created this and keeps it up to date. Delete this comment to keep a definition of your own."
"""How the comment on a view of ours begins; a digest of its definition follows."""

_CREATE = re.compile(
    r"^create (?:or replace (?P<plain>view)|(?P<materialised>materialized view)) (?P<name>[a-z_]+\.[a-z0-9_]+)\b",
    re.MULTILINE,
)

# A materialised view cannot be replaced. One that others are built on is not dropped either: PostgreSQL names
# them, the transaction is rolled back, and the change needs a migration that rebuilds them.
_GUARDED = """\
do $guard$
declare
    found regclass := to_regclass('{name}');
    mark text := obj_description(found, 'pg_class');
begin
    if found is not null and (mark is null or not starts_with(mark, '{prefix}')) then
        raise debug '% is not ours', found;
    elsif mark is distinct from '{mark}' then
        if found is not null and {is_materialised} then
            execute 'drop materialized view {name}';
        end if;
        execute $body$
{text}$body$;
        execute 'comment on {kind} {name} is ' || quote_literal('{mark}');
    end if;
end
$guard$;
"""


def guard(file_name: str, text: str) -> str:
    """The SQL of a file that creates one view, to be run only where that view does not exist or is ours.

    A materialised view comes with its indexes.

    Raises:
        MigrationError: The file creates no view, or several.
    """
    created = list(_CREATE.finditer(text))
    if len(created) != 1 or "$body$" in text or "$guard$" in text:
        raise MigrationError(
            f"{file_name} does not create exactly one view.",
            "give each view a file of its own: create or replace view, or create materialized view, schema.name.",
        )
    is_materialised = created[0]["materialised"] is not None
    definition = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return _GUARDED.format(
        name=created[0]["name"],
        kind="materialized view" if is_materialised else "view",
        is_materialised=str(is_materialised).lower(),
        prefix=MARK,
        mark=f"{MARK} [{hashlib.sha256(definition.encode()).hexdigest()[:12]}]",
        text=text,
    )
