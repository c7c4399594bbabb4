-- What all claims of the list depend on: the list of scouts, and where the claims are those of a database's own
-- materialised view, when that was refreshed. And whether that is what it was when the list was kept. One row.
with present as (
    select md5(concat_ws(
        '|',
        (
            select refreshed.refreshed_at
            from ops.materialised_view_refreshes as refreshed
            inner join pg_class as view
                on view.oid = to_regclass(refreshed.view_name) and view.relkind = 'm'
            where refreshed.view_name = 'ops.mv_yango_cabinet_claims_for_collection'
        ),
        (select string_agg(scout::text, '|' order by scout.scout_id) from ops.v_dim_scouts as scout)
    )) as settings
)

select
    present.settings,
    coalesce(kept.settings = present.settings, false) as is_current
from present
left join canon.read_model_refreshes as kept on kept.read_model = 'claims';
