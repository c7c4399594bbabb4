-- The latest state of each payment. The ledger stores each state of a payment once and so cannot represent a return to
-- an earlier one (paid, unpaid, paid). While the source has the row, the source says whether it is paid, and of a row
-- that is gone it is what the source said when it was last seen (canon.gone_partner_payments); the ledger only gives
-- the driver or person, and since when that state is known (id and latest_snapshot_at are NULL until the ledger has
-- it). Of a row that was gone before anybody looked, the last state in the ledger counts.
-- Grain and key: payment_key, one payment row and milestone of the source.
create or replace view ops.v_yango_payments_ledger_latest as
with stated as (
    select
        reported.source_pk,
        reported.pay_date,
        reported.pay_time,
        reported.raw_driver_name,
        reported.driver_name_normalized,
        reported.milestone_type,
        reported.milestone_value,
        reported.is_paid,
        reported.paid_flag_source,
        reported.driver_id,
        reported.person_key,
        reported.match_rule,
        reported.match_confidence,
        reported.payment_key,
        reported.state_hash
    from ops.v_yango_payments_raw_current as reported
    union all
    select
        gone.source_pk,
        gone.pay_date,
        gone.pay_time,
        gone.raw_driver_name,
        gone.driver_name_normalized,
        gone.milestone_type,
        gone.milestone_value,
        gone.is_paid,
        gone.paid_flag_source,
        gone.driver_id,
        gone.person_key,
        gone.match_rule,
        gone.match_confidence,
        gone.payment_key,
        gone.state_hash
    from canon.gone_partner_payments as gone
),

gone as (
    select distinct on (ledger.payment_key) ledger.*
    from ops.yango_payment_status_ledger as ledger
    left join stated
        on
            ledger.source_table = 'module_ct_cabinet_payments'
            and ledger.source_pk = stated.source_pk::text
            and ledger.milestone_value = stated.milestone_value
    where stated.source_pk is null
    order by ledger.payment_key, ledger.snapshot_at desc, ledger.id desc
),

known as (
    select distinct on (ledger.source_pk, ledger.milestone_value, ledger.raw_driver_name)
        ledger.source_pk,
        ledger.milestone_value,
        ledger.raw_driver_name,
        ledger.driver_id,
        ledger.person_key,
        ledger.match_rule,
        ledger.match_confidence,
        ledger.payment_key
    from ops.yango_payment_status_ledger as ledger
    where ledger.source_table = 'module_ct_cabinet_payments'
    order by
        ledger.source_pk, ledger.milestone_value, ledger.raw_driver_name,
        ledger.driver_id is null, ledger.person_key is null, ledger.snapshot_at desc, ledger.id desc
),

snapshots as (
    select distinct on (ledger.source_pk, ledger.milestone_value, ledger.raw_driver_name, ledger.is_paid)
        ledger.id,
        ledger.snapshot_at,
        ledger.source_pk,
        ledger.milestone_value,
        ledger.raw_driver_name,
        ledger.is_paid,
        ledger.created_at
    from ops.yango_payment_status_ledger as ledger
    where ledger.source_table = 'module_ct_cabinet_payments'
    order by
        ledger.source_pk, ledger.milestone_value, ledger.raw_driver_name, ledger.is_paid,
        ledger.snapshot_at desc, ledger.id desc
)

select
    snapshots.id,
    snapshots.snapshot_at as latest_snapshot_at,
    'module_ct_cabinet_payments'::text as source_table,
    stated.source_pk::text as source_pk,
    stated.pay_date,
    stated.pay_time,
    stated.raw_driver_name::text as raw_driver_name,
    stated.driver_name_normalized,
    stated.milestone_type,
    stated.milestone_value,
    stated.is_paid,
    stated.paid_flag_source,
    coalesce(stated.driver_id, known.driver_id) as driver_id,
    coalesce(stated.person_key, known.person_key) as person_key,
    case
        when stated.driver_id is null then coalesce(known.match_rule, 'none') else stated.match_rule
    end as match_rule,
    case
        when stated.driver_id is null then coalesce(known.match_confidence, 'unknown')
        else stated.match_confidence
    end as match_confidence,
    coalesce(known.payment_key, stated.payment_key) as payment_key,
    stated.state_hash,
    snapshots.created_at
from stated
left join known
    on
        known.source_pk = stated.source_pk::text
        and known.milestone_value = stated.milestone_value
        and known.raw_driver_name = stated.raw_driver_name
left join snapshots
    on
        snapshots.source_pk = stated.source_pk::text
        and snapshots.milestone_value = stated.milestone_value
        and snapshots.raw_driver_name = stated.raw_driver_name
        and snapshots.is_paid = stated.is_paid
union all
select
    gone.id,
    gone.snapshot_at,
    gone.source_table,
    gone.source_pk,
    gone.pay_date,
    gone.pay_time,
    gone.raw_driver_name,
    gone.driver_name_normalized,
    gone.milestone_type,
    gone.milestone_value,
    gone.is_paid,
    gone.paid_flag_source,
    gone.driver_id,
    gone.person_key,
    gone.match_rule,
    gone.match_confidence,
    gone.payment_key,
    gone.state_hash,
    gone.created_at
from gone;
