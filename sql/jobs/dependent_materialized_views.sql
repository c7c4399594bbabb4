-- Materialised views that depend, directly or through other views, on a table of canon or observational, those that
-- others read first: schema, name, depth (largest number of views between it and a table), whether it can be
-- refreshed concurrently, whether it never held a row, the counters of its tables, and whether it is unchanged.
-- Unchanged: populated, no table that it reads was written to since its last refresh (canon.writes_seen), and no day
-- began: dates decide what is due.
with recursive dependences as (
    select distinct
        dependence.refobjid as used,
        rewrite.ev_class as user_view
    from pg_depend as dependence
    inner join pg_rewrite as rewrite on rewrite.oid = dependence.objid
    where
        dependence.classid = 'pg_rewrite'::regclass
        and dependence.refclassid = 'pg_class'::regclass
        and dependence.refobjid <> rewrite.ev_class
),

reachable as (
    select
        relation.oid,
        0 as depth
    from pg_class as relation
    where relation.relkind = 'r' and relation.relnamespace in ('canon'::regnamespace, 'observational'::regnamespace)
    union
    select
        dependences.user_view,
        reachable.depth + 1
    from reachable
    inner join dependences on dependences.used = reachable.oid
),

materialised as (
    select
        view.oid,
        view.relnamespace::regnamespace::text as schema_name,
        view.relname as view_name,
        view.relispopulated as is_populated,
        view.relispopulated and exists (
            select 1 from pg_index as index
            where
                index.indrelid = view.oid
                and index.indisunique
                and index.indisvalid
                and index.indpred is null
                and index.indexprs is null
        ) as is_concurrent,
        max(reachable.depth) as depth
    from reachable
    inner join pg_class as view on view.oid = reachable.oid and view.relkind = 'm'
    group by view.oid, view.relname, view.relnamespace, view.relispopulated
)

select
    materialised.schema_name,
    materialised.view_name,
    materialised.depth,
    materialised.is_concurrent,
    refreshed.view_name is null and pg_relation_size(materialised.oid) = 0 as is_new,
    writes.writes_seen,
    materialised.is_populated
    and coalesce(refreshed.writes_seen = writes.writes_seen, false)
    and coalesce(refreshed.local_day = (run.as_of at time zone run.timezone)::date, false) as is_unchanged
from materialised
cross join lateral (select canon.writes_seen(materialised.oid) as writes_seen) as writes
cross join ops.run_settings(%(run_id)s::integer) as run
left join ops.materialised_view_refreshes as refreshed
    on refreshed.view_name = materialised.schema_name || '.' || materialised.view_name
order by materialised.depth, materialised.view_name;
