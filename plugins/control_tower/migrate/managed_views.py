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

# A materialised view cannot be replaced: a new one takes its place with the rights that were granted on it. Views that
# read it are replaced in place by the same definition, which keeps them and what is built on them. A materialised view
# that reads it stops the migration: PostgreSQL names it, and nothing changes.
_GUARDED = """\
do $guard$
declare
    found regclass := to_regclass('{name}');
    mark text := obj_description(found, 'pg_class');
    index_name text;
    statement text;
    restored text[] := '{{}}';
begin
    if found is not null and (mark is null or not starts_with(mark, '{prefix}')) then
        raise debug '% is not ours', found;
    elsif mark is distinct from '{mark}' then
        if found is not null and {is_materialised} then
            restored := array(
                select format(
                    'create or replace view %s %s as %s', reader.oid::regclass,
                    'with (' || array_to_string(reader.reloptions, ', ') || ')', pg_get_viewdef(reader.oid)
                )
                from pg_class as reader
                where reader.relkind = 'v' and reader.oid in (
                    select rewrite.ev_class
                    from pg_depend as dependence
                    inner join pg_rewrite as rewrite on rewrite.oid = dependence.objid
                    where dependence.classid = 'pg_rewrite'::regclass and dependence.refobjid = found
                )
            ) || array(
                select format(
                    'grant %s on %s to %s', granted.privilege_type, '{name}',
                    case when granted.grantee = 0 then 'public' else granted.grantee::regrole::text end
                )
                from pg_class as replaced
                cross join lateral aclexplode(replaced.relacl) as granted
                where replaced.oid = found and granted.grantee <> replaced.relowner
            );
            for index_name in select indexrelid::regclass::text from pg_index where indrelid = found loop
                execute 'drop index ' || index_name;
            end loop;
            execute 'alter materialized view {name} rename to {replaced}';
        end if;
        execute $body$
{text}$body$;
        foreach statement in array restored loop
            execute statement;
        end loop;
        if found is not null and {is_materialised} then
            execute 'drop materialized view ' || found;
        end if;
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
        replaced=f"replaced_{created[0]['name'].partition('.')[2]}",
        kind="materialized view" if is_materialised else "view",
        is_materialised=str(is_materialised).lower(),
        prefix=MARK,
        mark=f"{MARK} [{hashlib.sha256(definition.encode()).hexdigest()[:12]}]",
        text=text,
    )
