-- Records whose person a human decided, as that decision stands now: the person they were linked to, or nobody
-- (person_key NULL). A record that only a revert set aside was not decided.
-- Grain and key: (source_table, source_pk).
create or replace view canon.human_record_decisions as
select
    link.source_table,
    link.source_pk,
    link.person_key,
    link.matched_driver_id
from canon.identity_links as link
where link.match_rule = 'MANUAL' and link.source_table <> 'drivers'
union all
select
    unmatched.source_table,
    unmatched.source_pk,
    null::uuid,
    null::varchar
from canon.identity_unmatched as unmatched
where
    unmatched.status = 'IGNORED'
    and (
        select decision.kind
        from ops.human_decisions as decision
        where decision.source_table = unmatched.source_table and decision.source_pk = unmatched.source_pk
        order by decision.id desc
        limit 1
    ) = 'resolve_unmatched_lead';
