-- Payments of the partner whose source row is gone, as last seen, in the shape of ops.v_yango_payments_raw_current
-- without the scout.
-- Grain and key: (source_pk, milestone_value).
create or replace view canon.gone_partner_payments as
with gone as materialized (
    select
        kept.*,
        coalesce(canon.name_key(canon.normalise_name(kept.driver_name)), '') as driver_name_normalized
    from canon.partner_payments as kept
    left join canon.source_cabinet_payments as source on source.payment_id = kept.payment_id
    where source.payment_id is null
)

select
    gone.payment_id as source_pk,
    gone.pay_date,
    gone.pay_time,
    gone.driver_name as raw_driver_name,
    gone.driver_name_normalized,
    'trips'::text as milestone_type,
    milestone.milestone_value,
    milestone.is_paid,
    milestone.paid_flag_source,
    gone.driver_id,
    gone.person_key,
    case when gone.driver_id is null then 'none' else 'driver_id_direct' end as match_rule,
    case when gone.driver_id is null then 'unknown' else 'high' end as match_confidence,
    md5(gone.payment_id::text || milestone.milestone_value || gone.driver_name_normalized) as payment_key,
    md5(milestone.is_paid::text) as state_hash
from gone
cross join lateral (
    values
        (1, gone.is_paid_1, 'trip_1'),
        (5, gone.is_paid_5, 'trip_5'),
        (25, gone.is_paid_25, 'trip_25')
) as milestone (milestone_value, is_paid, paid_flag_source);
