-- How many cases were decided on a day, by one user and by all. A case counts once; one whose last decision of the day
-- took another back does not count. One row.
with decided as (
    select distinct on (decision.person_key, decision.source_table, decision.source_pk)
        decision.decided_by,
        decision.after ? 'undid_decision' as is_undo
    from (
        select
            case when one.source_pk is null then one.person_key end as person_key,
            one.source_table,
            one.source_pk,
            one.decided_by,
            one.after,
            one.id
        from ops.v_human_decisions as one
        where
            one.decided_at >= %(day)s::date::timestamp at time zone %(timezone)s
            and one.decided_at < (%(day)s::date + 1)::timestamp at time zone %(timezone)s
            and one.kind in ('resolve_scout_conflict', 'resolve_unmatched_lead', 'explain_payment')
    ) as decision
    order by decision.person_key, decision.source_table, decision.source_pk, decision.id desc
)

select
    count(*) filter (where not decided.is_undo) as decided_by_all,
    count(*) filter (where not decided.is_undo and decided.decided_by = %(decided_by)s::text) as decided_by_me
from decided;
