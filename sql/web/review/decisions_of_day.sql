-- What humans decided on a day, the newest first, and whether it can be undone: it is the newest on the scout of its
-- person, or on its record or payment. Grain: one decision on a scout, a record or a payment.
select
    decision.id,
    decision.kind,
    decision.person_key,
    decision.source_table,
    decision.source_pk,
    decision.after,
    decision.reason,
    decision.decided_by,
    decision.decided_at,
    not exists (
        select 1
        from ops.v_human_decisions as later
        where
            later.id > decision.id
            and later.person_key = decision.person_key
            and later.source_pk is null
            and decision.source_pk is null
    )
    and not exists (
        select 1
        from ops.v_human_decisions as later
        where
            later.id > decision.id
            and later.source_table = decision.source_table
            and later.source_pk = decision.source_pk
    ) as can_undo
from ops.v_human_decisions as decision
where
    decision.decided_at >= %(day)s::date::timestamp at time zone %(timezone)s
    and decision.decided_at < (%(day)s::date + 1)::timestamp at time zone %(timezone)s
    and decision.kind in ('resolve_scout_conflict', 'resolve_unmatched_lead', 'explain_payment')
    and (%(decided_by)s::text is null or decision.decided_by = %(decided_by)s::text)
order by decision.decided_at desc, decision.id desc
limit %(most)s;
