-- The rows of ops.v_cabinet_financial_14d as of the last run, which each run refreshes.
-- They are kept in a table that follows what changed (ADR 37).
-- Grain and key: (driver_id, currency).
create or replace view ops.mv_cabinet_financial_14d as
select
    kept.driver_id,
    kept.lead_date,
    kept.driver_name,
    kept.iso_week,
    kept.week_start,
    kept.connected_flag,
    kept.connected_date,
    kept.total_trips_14d,
    kept.reached_m1_14d,
    kept.reached_m5_14d,
    kept.reached_m25_14d,
    kept.expected_amount_m1,
    kept.expected_amount_m5,
    kept.expected_amount_m25,
    kept.expected_total_yango,
    kept.claim_m1_exists,
    kept.claim_m1_paid,
    kept.claim_m5_exists,
    kept.claim_m5_paid,
    kept.claim_m25_exists,
    kept.claim_m25_paid,
    kept.paid_amount_m1,
    kept.paid_amount_m5,
    kept.paid_amount_m25,
    kept.total_paid_yango,
    kept.amount_due_yango,
    kept.currency
from canon.cabinet_financials as kept;
