-- Cases that human decisions after decision %(since)s have closed, less those that they opened again: of each, the
-- states before the first and after the last of these decisions are compared. Grain and key: case_kind.
with newer as (
    select
        decision.id,
        decision.kind,
        case when decision.source_pk is null then decision.person_key end as person_key,
        decision.source_table,
        decision.source_pk,
        decision.before,
        decision.after
    from ops.v_human_decisions as decision
    where
        decision.id > %(since)s::bigint
        and decision.kind in ('resolve_scout_conflict', 'resolve_unmatched_lead', 'explain_payment')
),

states as (
    (
        select distinct on (first.person_key, first.source_table, first.source_pk)
            first.kind,
            first.before as state,
            1 as sign
        from newer as first
        order by first.person_key, first.source_table, first.source_pk, first.id
    )
    union all
    (
        select distinct on (last.person_key, last.source_table, last.source_pk)
            last.kind,
            last.after as state,
            -1 as sign
        from newer as last
        order by last.person_key, last.source_table, last.source_pk, last.id desc
    )
),

waiting as (
    select
        states.sign,
        case
            when states.state #>> '{ledger,decision_status}' = 'conflict' then 'CONFLICT'
            when states.state #>> '{contested,reason_code}' = 'REPLACED_RECORD' then 'REPLACED'
            when states.state #>> '{contested,reason_code}' is not null then 'CONTESTED'
            when states.state #>> '{unmatched,status}' = 'OPEN' then 'UNMATCHED'
            when states.kind = 'explain_payment' and states.state ->> 'explanation' is null then 'UNEXPLAINED_PAYMENT'
        end as case_kind
    from states
)

select
    waiting.case_kind,
    sum(waiting.sign) as closed
from waiting
where waiting.case_kind is not null
group by waiting.case_kind;
