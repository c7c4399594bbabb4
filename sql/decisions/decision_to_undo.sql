-- A decision of a kind, and the latest decision after it on the same person's ledger row or the same record; all
-- columns NULL if there is no such decision. One row.
select
    decision.id,
    decision.person_key::text as person_key,
    decision.source_table,
    decision.source_pk,
    decision.before,
    decision.decided_at,
    (
        select max(later.id)
        from ops.human_decisions as later
        where
            later.id > decision.id
            and case
                when decision.source_pk is null
                    then later.person_key = decision.person_key and later.source_pk is null
                else later.source_table = decision.source_table and later.source_pk = decision.source_pk
            end
    ) as later_id
from (values (%(decision_id)s::bigint)) as asked (decision_id)
left join ops.human_decisions as decision on decision.id = asked.decision_id and decision.kind = %(kind)s;
