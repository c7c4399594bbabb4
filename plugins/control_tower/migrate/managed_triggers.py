"""Triggers: replaced only where they differ, since that locks their table and takes the right of its owner.

A trigger carries the digest of its file's trigger statements in its comment. A trigger that is missing, disabled or
marked otherwise is created again with the others of its file. Functions are replaced in any case.
"""

from __future__ import annotations

import hashlib
import re

from control_tower.database import split_statements
from control_tower.errors import MigrationError

_CREATE = re.compile(r"^create or replace trigger (?P<name>\w+)\s[^;]*?\son (?P<table>\w+\.\w+)\s")

_GUARDED = """\
do $guard$
begin
    if (
        select count(*) from pg_trigger
        where
            tgrelid = '{table}'::regclass
            and tgname = any('{{{names}}}')
            and tgenabled <> 'D'
            and obj_description(oid, 'pg_trigger') = '{mark}'
    ) <> {count} then
        {body}
    end if;
end
$guard$;
"""


def guard(file_name: str, text: str) -> str:
    """The SQL of a file of triggers, which leaves triggers alone that are as the file says.

    The file creates or replaces functions, and the triggers of one table.

    Raises:
        MigrationError: The file creates no trigger, or triggers of several tables.
    """
    statements = split_statements(text)
    functions = [statement for statement in statements if statement.startswith("create or replace function")]
    triggers = [statement for statement in statements if statement not in functions]
    created = [found for statement in triggers if (found := _CREATE.match(statement))]
    if len({trigger["table"] for trigger in created}) != 1:
        raise MigrationError(f"{file_name} does not create the triggers of one table.", "give each table a file.")
    table = created[0]["table"]
    digest = hashlib.sha256("\n".join(triggers).encode()).hexdigest()[:12]
    mark = f"Control Tower, {file_name} [{digest}]"
    marks = [f"comment on trigger {trigger['name']} on {table} is '{mark}';" for trigger in created]
    guarded = _GUARDED.format(
        table=table,
        names=", ".join(trigger["name"] for trigger in created),
        mark=mark,
        count=len(created),
        body="\n        ".join([*triggers, *marks]),
    )
    return "\n\n".join([*functions, guarded])
