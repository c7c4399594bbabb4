-- What the list of claims is made of beside the attribution of persons: when the claims were last refreshed, and the
-- list of scouts. And whether that is what it was when the list was kept. One row.
with present as (
    select md5(concat_ws(
        '|',
        (
            select refreshed.refreshed_at
            from ops.materialised_view_refreshes as refreshed
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
