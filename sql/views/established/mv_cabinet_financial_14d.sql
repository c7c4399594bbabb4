-- v_cabinet_financial_14d as of the last run; refreshed by every run.
-- Grain and key: driver_id.
create materialized view ops.mv_cabinet_financial_14d as
select
    driver_id,
    lead_date,
    driver_name,
    iso_week,
    week_start,
    connected_flag,
    connected_date,
    total_trips_14d,
    reached_m1_14d,
    reached_m5_14d,
    reached_m25_14d,
    expected_amount_m1,
    expected_amount_m5,
    expected_amount_m25,
    expected_total_yango,
    claim_m1_exists,
    claim_m1_paid,
    claim_m5_exists,
    claim_m5_paid,
    claim_m25_exists,
    claim_m25_paid,
    paid_amount_m1,
    paid_amount_m5,
    paid_amount_m25,
    total_paid_yango,
    amount_due_yango
from ops.v_cabinet_financial_14d;
-- REFRESH … CONCURRENTLY needs a unique index without a condition
create unique index mv_cabinet_financial_14d_driver on ops.mv_cabinet_financial_14d (driver_id);
create index mv_cabinet_financial_14d_lead_date on ops.mv_cabinet_financial_14d (lead_date);
create index mv_cabinet_financial_14d_due on ops.mv_cabinet_financial_14d (amount_due_yango desc)
where amount_due_yango > 0;
create index mv_cabinet_financial_14d_expected on ops.mv_cabinet_financial_14d (expected_total_yango desc)
where expected_total_yango > 0;
