-- The outcome of each decision once persons are assigned: a person to link to, or a reason why not. A decision for a
-- group with several persons becomes MULTIPLE_CANDIDATES (`is_split`).
-- Grain and key: (source_table, source_pk).
create or replace view canon.rule_outcomes as
select
    decision.source_table,
    decision.source_pk,
    coalesce(
        decision.reason_code, case when grouped.person_key is null then 'MULTIPLE_CANDIDATES' end
    ) as reason_code,
    decision.match_rule,
    decision.match_score,
    decision.confidence_level,
    decision.account_group,
    decision.driver_id,
    decision.evidence,
    decision.candidates,
    case when decision.reason_code is null then grouped.person_key end as person_key,
    case when decision.reason_code is null then grouped.persons end as persons,
    decision.reason_code is null and grouped.person_key is null as is_split,
    decision.match_probability,
    decision.is_linked
from canon.decisions_this_run as decision
left join canon.account_group_persons_this_run as grouped on grouped.account_group = decision.account_group;
