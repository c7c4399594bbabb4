-- Materialised views that depend, directly or through other views, on a table of canon or observational:
-- schema, name, whether readers may go on during a refresh. Those that others are built on come first.
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
)

select
    view.relnamespace::regnamespace::text as schema_name,
    view.relname as view_name,
    view.relispopulated and exists (
        select 1 from pg_index as index
        where
            index.indrelid = view.oid
            and index.indisunique
            and index.indisvalid
            and index.indpred is null
            and index.indexprs is null
    ) as is_concurrent
from reachable
inner join pg_class as view on view.oid = reachable.oid and view.relkind = 'm'
group by view.oid, view.relname, view.relnamespace, view.relispopulated
order by max(reachable.depth), view_name;
