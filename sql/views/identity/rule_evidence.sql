-- Candidates of the current batch with their evidence. `is_supported`: the name verdict satisfies the rule.
-- `is_contradicted`: exact phone or licence with contradicting names. `is_weak`: plate or car evidence whose names do
-- not contradict.
-- Grain: (source_table, source_pk, rule, driver_id or person_key).
create or replace view canon.rule_evidence as
select
    candidate.source_table,
    candidate.source_pk,
    candidate.driver_id,
    candidate.person_key,
    rule.match_rule,
    rule.match_score,
    rule.confidence_level,
    candidate.account_group,
    candidate.park_id,
    candidate.driver_name::varchar as driver_name,
    candidate.record_name,
    score.similarity,
    score.verdict,
    case rule.names
        when 'ANY' then true
        when 'NO_CONTRADICTION' then coalesce(score.verdict, '') <> 'CONTRADICT'
        when 'AGREE' then coalesce(score.verdict in ('AGREE', 'VERY'), false)
        when 'VERY' then coalesce(score.verdict = 'VERY', false)
    end as is_supported,
    rule.names = 'NO_CONTRADICTION' and coalesce(score.verdict = 'CONTRADICT', false) as is_contradicted,
    rule.names in ('AGREE', 'VERY') and coalesce(score.verdict, '') <> 'CONTRADICT' as is_weak
from canon.candidates_this_run as candidate
inner join canon.match_rules as rule on rule.match_rule = candidate.rule
left join canon.name_scores_this_run as score
    on
        candidate.record_name is not null -- least() and greatest() ignore NULL
        and candidate.driver_name is not null
        and score.name_a = least(candidate.record_name, candidate.driver_name)
        and score.name_b = greatest(candidate.record_name, candidate.driver_name);
