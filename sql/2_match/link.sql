-- Carry out the decisions: new persons, and links of records. A link that stands keeps its person; where the same
-- person is now supported by another rule of canon.match_rules, the link says so.
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

analyze canon.identity_links (person_key, source_table, source_pk, match_rule, run_id, matched_driver_id);
