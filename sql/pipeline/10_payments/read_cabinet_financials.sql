-- The first 14 days of asked_financials, which has the shape of ops.v_cabinet_financial_14d, with the person of each.
-- An established view lacks the currency: then that of `absent` is meant. Leaves current_financials, in the shape of
-- canon.cabinet_financials. Repeatable.
drop table if exists current_financials;

create temporary table current_financials (like canon.cabinet_financials) on commit drop;

insert into current_financials
select
    financial.*,
    link.person_key
from (values (null::text)) as absent (currency)
cross join lateral (
    select
        driven.driver_id,
        driven.lead_date,
        driven.driver_name,
        driven.iso_week,
        driven.week_start,
        driven.connected_flag,
        driven.connected_date,
        driven.total_trips_14d,
        driven.reached_m1_14d,
        driven.reached_m5_14d,
        driven.reached_m25_14d,
        driven.expected_amount_m1,
        driven.expected_amount_m5,
        driven.expected_amount_m25,
        driven.expected_total_yango,
        driven.claim_m1_exists,
        driven.claim_m1_paid,
        driven.claim_m5_exists,
        driven.claim_m5_paid,
        driven.claim_m25_exists,
        driven.claim_m25_paid,
        driven.paid_amount_m1,
        driven.paid_amount_m5,
        driven.paid_amount_m25,
        driven.total_paid_yango,
        driven.amount_due_yango,
        currency::text as currency -- noqa: RF02
    from asked_financials as driven
) as financial
left join canon.identity_links as link on link.source_table = 'drivers' and link.source_pk = financial.driver_id;
