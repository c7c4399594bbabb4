-- Notes which table stands behind the name of each source now. Grain and key: table_name. May be repeated.
insert into canon.source_bindings as bound (table_name, seen_identity, seen_at)
select
    source.table_name,
    canon.source_identity(source.table_name),
    clock_timestamp()
from (select distinct wanted.table_name from canon.source_columns as wanted) as source
where canon.source_identity(source.table_name) is not null
on conflict (table_name) do update set seen_identity = excluded.seen_identity, seen_at = excluded.seen_at
where bound.seen_identity <> excluded.seen_identity;
