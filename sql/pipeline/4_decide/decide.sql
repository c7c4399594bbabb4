-- One decision per record: an account group (one person) to link to, or a reason why not. A pure function of the
-- normalised records and drivers and the version of the weights: no earlier decision is an input, so the order in which
-- rows arrive has no effect (ADR 1). The likeliest person is linked where its probability is enough for its kind of
-- evidence (canon.match_rules). Records that a human decided are left out.
-- Grain and key: (source_table, source_pk); with a partition, only records in it. Leaves: records_to_decide_this_step.
-- Safe to run again: the decisions of the partition are deleted first.
delete from canon.decisions_this_run as decision
where canon.is_in_partition(decision.source_pk, %(partition)s::integer, %(partitions)s::integer);

-- Analysed temp table: a few rows of one source may be unknown to the statistics of canon.records_index, and a wrong
-- row estimate makes the last join quadratic.
create temporary table records_to_decide_this_step on commit drop as
select
    record.source_table,
    record.source_pk,
    record.event_date,
    record.phone_norm,
    record.license_norm,
    record.driver_id,
    record.name_norm,
    record.plate_norm,
    record.car_fingerprint,
    record.payload ? 'unreadable' as is_unreadable,
    link.source_pk is not null as is_linked
from canon.records_this_run as batch
inner join canon.records_index as record using (source_table, source_pk)
left join canon.identity_links as link using (source_table, source_pk)
where
    canon.is_in_partition(batch.source_pk, %(partition)s::integer, %(partitions)s::integer)
    and link.match_rule is distinct from 'MANUAL'
    and not exists (
        select 1 from canon.identity_unmatched as unmatched
        where
            unmatched.source_table = record.source_table
            and unmatched.source_pk = record.source_pk
            and unmatched.status = 'IGNORED'
    );

analyze records_to_decide_this_step (source_table, source_pk);

insert into canon.decisions_this_run (
    source_table, source_pk, reason_code, match_rule, match_score, confidence_level, account_group, driver_id,
    match_probability, evidence, candidates, is_linked
)
-- Candidates for the review queue, the likeliest first; a record linked to its only candidate needs none. As text, here
-- and below, read as JSON once: half the time of building objects.
with previews as (
    select
        weighed.source_table,
        weighed.source_pk,
        array_agg(
            '{' || concat_ws(
                ',',
                '"driver_id": ' || to_json(weighed.driver_id),
                '"person_key": "' || weighed.person_key || '"',
                '"rule": "' || rule.match_rule || '"',
                '"score": ' || rule.match_score,
                '"probability": ' || weighed.probability,
                '"similarity": ' || round(weighed.similarity::numeric, 3),
                '"names": "' || weighed.names || '"',
                '"driver_name": ' || to_json(weighed.driver_name),
                '"park_id": ' || to_json(weighed.park_id),
                '"weights": ' || canon.weights_json(weighed)
            ) || '}' order by weighed.candidate_rank
        ) as candidates
    from canon.weighed_candidates_this_run as weighed
    inner join canon.match_rules as rule on rule.position = weighed.rule_position
    where
        canon.is_in_partition(weighed.source_pk, %(partition)s::integer, %(partitions)s::integer)
        and weighed.candidate_rank <= 10
        and (not weighed.is_enough or weighed.person_count > 1 or rule.is_by_name)
    group by weighed.source_table, weighed.source_pk
)

select
    record.source_table,
    record.source_pk,
    case
        when record.event_date is null or record.is_unreadable then 'MISSING_KEYS'
        when
            coalesce(record.phone_norm, record.license_norm, record.driver_id) is null
            and (record.name_norm is null or coalesce(record.plate_norm, record.car_fingerprint) is null)
            then 'MISSING_KEYS'
        when best.is_enough then null
        when best.likely_count > 1 and best.any_probability >= 0.5 then 'MULTIPLE_CANDIDATES'
        when best.has_contradiction then 'NAME_CONTRADICTION'
        when best.has_weak or best.any_probability >= 0.5 then 'WEAK_MATCH_ONLY'
        else 'NO_CANDIDATES'
    end as reason_code,
    rule.match_rule,
    rule.match_score,
    rule.confidence_level,
    best.account_group,
    best.driver_id,
    best.probability,
    case when best.is_enough then (
        '{' || concat_ws(
            ',',
            '"rule": "' || rule.match_rule || '"',
            '"driver_id": ' || to_json(best.driver_id),
            '"person_key": "' || best.person_key || '"',
            '"values": {' || coalesce(case
                when rule.match_rule in ('R1_PHONE_EXACT', 'R5_PHONE_ONE_OFF')
                    then '"phone": ' || to_json(record.phone_norm)
                when rule.match_rule in ('R2_LICENSE_EXACT', 'R5_LICENSE_NUMBER', 'R5_LICENSE_ONE_OFF')
                    then '"license": ' || to_json(record.license_norm)
                when rule.match_rule = 'R5_NAME_AND_HIRE_DATE' then '"date": "' || record.event_date || '"'
                when rule.match_rule = 'DRIVER_DIRECT' then '"driver_id": ' || to_json(record.driver_id)
                when rule.match_rule = 'R4_CAR_FINGERPRINT_NAME_SIMILAR'
                    then '"car": ' || to_json(record.car_fingerprint)
                else '"plate": ' || to_json(record.plate_norm)
            end, '') || '}',
            '"record_name": ' || to_json(best.record_name),
            '"driver_name": ' || to_json(best.driver_name),
            '"similarity": ' || round(best.similarity::numeric, 3),
            '"names": "' || best.names || '"',
            '"weights": ' || canon.weights_json(best),
            '"runner_up": ' || previews.candidates[2]
        ) || '}'
    )::jsonb end as evidence,
    coalesce('[' || array_to_string(previews.candidates, ',') || ']', '[]')::jsonb as candidates,
    record.is_linked
from records_to_decide_this_step as record
left join canon.weighed_candidates_this_run as best
    on
        best.source_table = record.source_table
        and best.source_pk = record.source_pk
        and best.candidate_rank = 1
left join canon.match_rules as rule on rule.position = best.rule_position
left join previews on previews.source_table = record.source_table and previews.source_pk = record.source_pk;

analyze canon.decisions_this_run (source_table, source_pk, reason_code, match_rule, account_group, driver_id);
