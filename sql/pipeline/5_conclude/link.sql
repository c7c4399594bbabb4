-- Carry out the decisions: create persons, link records, and resolve unmatched records that are linked now. An existing
-- link keeps its person; when another rule of canon.match_rules now supports the same person, the link shows that rule.
-- A person is created in the transaction that writes its first links, so that a crash leaves no person without a
-- record.
-- Grain and key: (source_table, source_pk). Leaves: known_persons_this_step, known_links_this_step.
-- Safe to run again: equal rows are not written.
create temporary table known_persons_this_step on commit drop as
select person.person_key
from canon.account_group_persons_this_run as grouped
inner join canon.identity_registry as person using (person_key);

analyze known_persons_this_step;

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
where
    decision.person_key is not null
    and not exists (
        select 1 from known_persons_this_step as known where known.person_key = decision.person_key
    )
order by decision.person_key, decision.match_score desc, decision.source_table, decision.source_pk;

-- UPDATE then INSERT, with the existing keys read first (ADR 13).
create temporary table known_links_this_step on commit drop as
select
    link.source_table,
    link.source_pk
from canon.decisions_this_run as decision
inner join canon.identity_links as link using (source_table, source_pk);

analyze known_links_this_step;

update canon.identity_links as link
set
    match_rule = decision.match_rule,
    match_score = decision.match_score,
    confidence_level = decision.confidence_level,
    evidence = decision.evidence,
    matched_driver_id = decision.driver_id,
    match_probability = decision.match_probability,
    weights_version = (select weight.version from canon.match_weight_bits as weight)
from canon.rule_outcomes as decision
where
    link.source_table = decision.source_table
    and link.source_pk = decision.source_pk
    and link.person_key = decision.person_key
    and (link.match_rule, link.matched_driver_id, link.match_probability, link.weights_version, link.evidence)
    is distinct from (
        decision.match_rule, decision.driver_id, decision.match_probability,
        (select weight.version from canon.match_weight_bits as weight), decision.evidence
    )
    and (
        link.match_rule = 'NEW_PERSON'
        or link.match_rule in (select rule.match_rule from canon.match_rules as rule)
    );

select canon.defer_indexes(
    'canon.identity_links',
    (select count(*) from canon.decisions_this_run as decision where decision.reason_code is null),
    with_references => true
);

insert into canon.identity_links (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score, confidence_level, evidence, linked_at,
    run_id, matched_driver_id, match_probability, weights_version
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
    decision.driver_id,
    decision.match_probability,
    (select weight.version from canon.match_weight_bits as weight)
from canon.rule_outcomes as decision
inner join canon.records_index as record using (source_table, source_pk)
cross join ops.run_settings(%(run_id)s::integer) as run
where
    decision.person_key is not null
    and not exists (
        select 1 from known_links_this_step as known
        where known.source_table = decision.source_table and known.source_pk = decision.source_pk
    );

select canon.build_deferred_indexes('canon.identity_links');

analyze canon.identity_links (person_key, source_table, source_pk, match_rule, run_id, matched_driver_id);

update canon.identity_unmatched as unmatched
set status = 'RESOLVED', resolved_at = run.as_of, run_id = %(run_id)s::integer
from canon.records_this_run as batch
cross join ops.run_settings(%(run_id)s::integer) as run
where
    batch.source_table = unmatched.source_table
    and batch.source_pk = unmatched.source_pk
    and unmatched.status = 'OPEN'
    and exists (
        select 1 from canon.identity_links as link
        where link.source_table = unmatched.source_table and link.source_pk = unmatched.source_pk
    );
