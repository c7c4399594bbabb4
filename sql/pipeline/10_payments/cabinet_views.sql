-- Whether ops.mv_yango_cabinet_claims_for_collection and ops.mv_cabinet_financial_14d show what we keep, and whether
-- all views that tell what claims are, are ours: then claims can be derived person by person. A database's own
-- materialised views are refreshed as such, and from its own plain views everything is read. And the counters of what
-- tells the partner's payments, now and as of an earlier run of the same local day: on another day payments are read
-- again whatever the counters say. One row.
select
    shown.claims as is_claims_kept,
    shown.financials as is_financials_kept,
    (
        select bool_and(
            coalesce(strpos(obj_description(to_regclass(used.view_name)), 'Control Tower created') > 0, false)
        )
        from (
            values
            ('ops.v_yango_payments_raw_current'), ('ops.v_yango_payments_ledger_latest'),
            ('ops.v_yango_payments_ledger_latest_enriched'), ('ops.v_claims_payment_status_cabinet'),
            ('ops.v_yango_cabinet_claims_for_collection'), ('ops.v_cabinet_financial_14d')
        ) as used (view_name)
    ) as is_ours,
    canon.writes_seen(to_regclass('ops.v_yango_payments_ledger_latest')) as payments_seen,
    (
        select kept.payments_seen
        from canon.read_model_refreshes as kept
        cross join ops.run_settings(%(run_id)s::integer) as run
        where
            kept.read_model = 'cabinet_claims'
            and (kept.refreshed_at at time zone run.timezone)::date = (run.as_of at time zone run.timezone)::date
    ) as payments_known
from (
    select
        coalesce((
            select view.relkind = 'v' from pg_class as view
            where view.oid = to_regclass('ops.mv_yango_cabinet_claims_for_collection')
        ), false) as claims,
        coalesce((
            select view.relkind = 'v' from pg_class as view where view.oid = to_regclass('ops.mv_cabinet_financial_14d')
        ), false) as financials
) as shown;
