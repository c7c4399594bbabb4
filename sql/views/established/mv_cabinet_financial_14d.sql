-- v_cabinet_financial_14d as of the last run; refreshed by every run.
-- Grain and key: (driver_id, currency). A database's own view may lack the currency: there the unqualified name
-- resolves to the NULL of `absent`.
create materialized view ops.mv_cabinet_financial_14d as
select financial.*
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
    from ops.v_cabinet_financial_14d as driven
) as financial;
-- REFRESH … CONCURRENTLY needs a unique index without a condition
create unique index mv_cabinet_financial_14d_driver
on ops.mv_cabinet_financial_14d (driver_id, currency) nulls not distinct;
create index mv_cabinet_financial_14d_lead_date on ops.mv_cabinet_financial_14d (lead_date);
create index mv_cabinet_financial_14d_due on ops.mv_cabinet_financial_14d (amount_due_yango desc)
where amount_due_yango > 0;
create index mv_cabinet_financial_14d_expected on ops.mv_cabinet_financial_14d (expected_total_yango desc)
where expected_total_yango > 0;
