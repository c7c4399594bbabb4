"""Views that a database may already have: ours is created only where there is none, and kept up to date after that.

Operators rely on the exact definition of the views that carry money. A view is ours when its comment says so: the
comment goes when the view is dropped and comes along when the database is dumped, so that a definition that operators
put in place of ours is theirs from then on. What the view shows is written before it (sql/descriptions).
"""

from __future__ import annotations

import hashlib
import re

from control_tower.errors import MigrationError

MARK = "Control Tower created this and keeps it up to date. Delete this comment to keep a definition of your own."
"""Stands in the comment on a view of ours; a digest of its definition follows."""

_CREATE = re.compile(
    r"^create or replace view (?P<name>[a-z_]+\.[a-z0-9_]+)\b",
    re.MULTILINE,
)

# Two views were materialised in earlier versions. A plain one takes the place of such a one, with the rights that were
# granted on it. Views that read it are replaced in place by the same definition, which keeps them and what is built on
# them. Where a materialised view reads it, it stays as it is, and each run refreshes it.
_GUARDED = """\
do $guard$
declare
    found regclass := to_regclass('{name}');
    mark text := obj_description(found, 'pg_class');
    index_name text;
    statement text;
    restored text[] := '{{}}';
    is_rebuilt boolean := coalesce((select relkind = 'm' from pg_class where oid = found), false);
begin
    if found is not null and (mark is null or strpos(mark, '{prefix}') = 0) then
        raise debug '% is not ours', found;
    elsif is_rebuilt and exists (
        select 1
        from pg_depend as dependence
        inner join pg_rewrite as rewrite on rewrite.oid = dependence.objid
        inner join pg_class as reader on reader.oid = rewrite.ev_class and reader.relkind = 'm'
        where dependence.classid = 'pg_rewrite'::regclass and dependence.refobjid = found and reader.oid <> found
    ) then
        raise notice '% stays materialised, because a materialised view reads it', found;
    elsif mark is null or strpos(mark, '{mark}') = 0 then
        if is_rebuilt then
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
        if is_rebuilt then
            execute 'drop materialized view ' || found;
        end if;
        execute 'comment on view {name} is ' || quote_literal('{mark}');
    end if;
end
$guard$;
"""


def guard(file_name: str, text: str) -> str:
    """The SQL of a file that creates one view, to be run only where that view does not exist or is ours.

    Raises:
        MigrationError: The file creates no view, or several.
    """
    created = list(_CREATE.finditer(text))
    if len(created) != 1 or "$body$" in text or "$guard$" in text:
        raise MigrationError(
            f"{file_name} does not create exactly one view.",
            "give each view a file of its own: create or replace view schema.name.",
        )
    definition = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return _GUARDED.format(
        name=created[0]["name"],
        replaced=f"replaced_{created[0]['name'].partition('.')[2]}",
        prefix=MARK,
        mark=f"{MARK} [{hashlib.sha256(definition.encode()).hexdigest()[:12]}]",
        text=text,
    )
