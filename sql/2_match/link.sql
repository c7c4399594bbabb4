-- Carry out the decisions: new persons, links of records and of driver accounts. A link that stands keeps its
-- person; where the same person is now supported by another rule of canon.match_rules, the link says so.
-- Grain and key: (source_table, source_pk). Repeatable: what is already written is left alone.
insert into canon.identity_registry (
    person_key, created_at, updated_at, confidence_level, primary_phone, primary_license, primary_full_name
)
select distinct on (decision.person_key)
    decision.person_key,
    run.as_of,
    run.as_of,
    decision.confidence_level,
    coalesce(driver.phone_norm, record.phone_norm),
    coalesce(driver.license_norm, record.license_norm),
    coalesce(driver.full_name_norm, record.name_norm)
from canon.rule_outcomes as decision
inner join canon.records_index as record using (source_table, source_pk)
inner join canon.drivers_index as driver on driver.driver_id = decision.driver_id
cross join ops.run_settings(%(run_id)s::integer) as run
where decision.person_key is not null
order by decision.person_key, decision.match_score desc, decision.source_table, decision.source_pk
on conflict (person_key) do nothing;

insert into canon.identity_links as link (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score, confidence_level, evidence, linked_at,
    run_id, matched_driver_id
)
select
    decision.person_key,
    decision.source_table,
    decision.source_pk,
    coalesce(record.recorded_at, run.as_of),
    decision.match_rule,
    decision.match_score,
    decision.confidence_level,
    decision.evidence,
    run.as_of,
    %(run_id)s::integer,
    decision.driver_id
from canon.rule_outcomes as decision
inner join canon.records_index as record using (source_table, source_pk)
cross join ops.run_settings(%(run_id)s::integer) as run
where decision.person_key is not null
on conflict (source_table, source_pk) do update set
    match_rule = excluded.match_rule,
    match_score = excluded.match_score,
    confidence_level = excluded.confidence_level,
    evidence = excluded.evidence,
    matched_driver_id = excluded.matched_driver_id
where
    link.person_key = excluded.person_key
    and (link.match_rule, link.matched_driver_id, link.evidence)
    is distinct from (excluded.match_rule, excluded.matched_driver_id, excluded.evidence)
    and (
        link.match_rule = 'NEW_PERSON'
        or link.match_rule in (select rule.match_rule from canon.match_rules as rule)
    );

-- Every account of a person who has a linked record.
insert into canon.identity_links (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score, confidence_level, evidence, linked_at,
    run_id
)
select
    decided.person_key,
    'drivers',
    account.driver_id,
    coalesce(account.hire_date::timestamp at time zone run.timezone, run.as_of),
    'DRIVER_MATCH',
    100,
    'HIGH',
    jsonb_strip_nulls(jsonb_build_object(
        'rule', 'DRIVER_MATCH', 'driver_id', account.driver_id, 'driver_name', account.full_name_norm,
        'account_group', account.account_group, 'because_of', decided.because_of
    )),
    run.as_of,
    %(run_id)s::integer
from (
    select
        decision.account_group,
        decision.person_key,
        min(decision.source_table || ' ' || decision.source_pk) as because_of
    from canon.rule_outcomes as decision
    inner join canon.identity_links as link
        on
            link.source_table = decision.source_table
            and link.source_pk = decision.source_pk
            and link.person_key = decision.person_key
    where decision.person_key is not null
    group by decision.account_group, decision.person_key
    union
    -- a human linked the record to an account: later accounts of its group belong to the person, too
    select
        matched.account_group,
        link.person_key,
        min(link.source_table || ' ' || link.source_pk)
    from canon.evaluation_batch as batch
    inner join canon.identity_links as link using (source_table, source_pk)
    inner join canon.drivers_index as matched on matched.driver_id = link.matched_driver_id
    where link.match_rule = 'MANUAL'
    group by matched.account_group, link.person_key
) as decided
inner join canon.drivers_index as account on account.account_group = decided.account_group
cross join ops.run_settings(%(run_id)s::integer) as run
on conflict (source_table, source_pk) do nothing;

analyze canon.identity_links (person_key, source_table, source_pk, match_rule, run_id, matched_driver_id);
