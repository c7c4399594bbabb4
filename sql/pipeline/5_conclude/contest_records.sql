-- Contest links of the batch that today's evidence contradicts, records that cannot be linked because their person is
-- split, and, in every run, records whose row was overwritten with another person (REPLACED_RECORD, with the accounts
-- and persons that carry what the row says now). `since` is when the contest began; a contest without a reason any more
-- is deleted.
-- Grain and key: (source_table, source_pk). Leaves: contested_records_this_step.
-- Safe to run again: equal rows are not written.
create temporary table contested_records_this_step on commit drop as
select
    held.source_table,
    held.source_pk,
    'REPLACED_RECORD' as reason_code,
    held.candidates,
    null::varchar as matched_driver_id
from canon.replaced_record_candidates as held
union all
select
    decision.source_table,
    decision.source_pk,
    coalesce(decision.reason_code, 'OTHER_PERSON'),
    -- where one account alone fits: that account, with the persons who already have it or its records
    case
        when decision.candidates = '[]' and decision.driver_id is not null then (
            select
                jsonb_agg(
                    jsonb_strip_nulls(jsonb_build_object(
                        'driver_id', decision.driver_id, 'person_key', person.person_key, 'rule', decision.match_rule,
                        'score', decision.match_score, 'driver_name', decision.evidence ->> 'driver_name',
                        'probability', decision.match_probability, 'weights', decision.evidence -> 'weights'
                    )) order by person.person_key
                )
            from (values (1)) as one (account)
            left join lateral unnest(decision.persons) as person (person_key) on true
        )
        else decision.candidates
    end,
    case when decision.reason_code is null then decision.driver_id end
from canon.rule_outcomes as decision
left join canon.identity_links as link using (source_table, source_pk)
where
    not exists (
        select 1 from canon.replaced_records as held
        where held.source_table = decision.source_table and held.source_pk = decision.source_pk
    )
    and ((
        link.person_key is not null
        and link.person_key is distinct from decision.person_key
        -- A person created for a scouting row has no driver, so NO_CANDIDATES does not contradict it.
        and not (
            decision.reason_code = 'NO_CANDIDATES'
            and link.matched_driver_id is null
            and exists (
                select 1 from canon.mergeable_persons as mergeable
                where mergeable.person_key = link.person_key
                offset 0 -- noqa: AM09
            )
        )
        -- Other weights than those it was made with may leave a link a little less sure.
        and not exists (
            select 1
            from canon.drivers_index as matched
            inner join canon.match_rules as rule on rule.match_rule = decision.match_rule
            cross join canon.match_weight_bits as weight
            where
                matched.driver_id = link.matched_driver_id
                and matched.account_group = decision.account_group
                and weight.version is distinct from link.weights_version
                and decision.reason_code = 'WEAK_MATCH_ONLY'
                and decision.match_probability >= rule.contested_below
        )
    )
    or (link.person_key is null and decision.is_split));

delete from canon.identity_contested as contested
using canon.records_this_run as batch
where
    contested.source_table <> 'drivers'
    and contested.source_table = batch.source_table
    and contested.source_pk = batch.source_pk
    and not exists (
        select 1 from contested_records_this_step as contested_now
        where contested_now.source_table = contested.source_table and contested_now.source_pk = contested.source_pk
    );

insert into canon.identity_contested as contested (
    source_table, source_pk, reason_code, candidates, matched_driver_id, since, run_id
)
select
    contested_now.source_table,
    contested_now.source_pk,
    contested_now.reason_code,
    contested_now.candidates,
    contested_now.matched_driver_id,
    run.as_of,
    %(run_id)s::integer
from contested_records_this_step as contested_now
cross join ops.run_settings(%(run_id)s::integer) as run
on conflict (source_table, source_pk) do update set
    reason_code = excluded.reason_code,
    candidates = excluded.candidates,
    matched_driver_id = excluded.matched_driver_id,
    run_id = excluded.run_id
where
    (contested.reason_code, contested.candidates, contested.matched_driver_id)
    is distinct from (excluded.reason_code, excluded.candidates, excluded.matched_driver_id);
