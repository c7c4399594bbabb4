-- One decision per record of the batch: a group of accounts (one person) to link to, or a reason why not.
-- A pure function of the normalised records and drivers: no earlier decision enters it, so the order in which rows
-- arrived cannot matter. Records that a human decided are left out. Grain and key: (source_table, source_pk).
delete from canon.match_decisions;

-- a table of its own first: several processes may share the work of reading, never that of an insert
create temporary table decided on commit drop as
with machine_records as (
    select record.*
    from canon.evaluation_batch as batch
    inner join canon.records_index as record using (source_table, source_pk)
    where
        not exists (
            select 1 from canon.identity_links as link
            where
                link.source_table = record.source_table
                and link.source_pk = record.source_pk
                and link.match_rule = 'MANUAL'
        )
        and not exists (
            select 1 from canon.identity_unmatched as unmatched
            where
                unmatched.source_table = record.source_table
                and unmatched.source_pk = record.source_pk
                and unmatched.status = 'IGNORED'
        )
),

-- The best account per person (group of accounts): supported before not, better rule, target park, better name.
persons as materialized (
    select distinct on (evidence.source_table, evidence.source_pk, evidence.account_group)
        evidence.*,
        coalesce(evidence.park_id = run.target_park_id, false) as is_in_target_park
    from canon.rule_evidence as evidence
    cross join ops.run_settings(%(run_id)s::integer) as run
    order by
        evidence.source_table, evidence.source_pk, evidence.account_group, evidence.is_supported desc,
        evidence.match_score desc, (evidence.park_id = run.target_park_id) is true desc,
        evidence.similarity desc nulls last, evidence.driver_id
),

ranked as (
    select
        persons.*,
        row_number() over candidates_of_record as place,
        count(*) over (partition by persons.source_table, persons.source_pk) as persons,
        count(*) filter (where persons.is_supported) over (
            partition by persons.source_table, persons.source_pk
        ) as supported_persons,
        bool_or(persons.is_contradicted) over (
            partition by persons.source_table, persons.source_pk
        ) as has_contradiction,
        bool_or(persons.is_weak) over (partition by persons.source_table, persons.source_pk) as has_weak
    from persons
    window candidates_of_record as (
        partition by persons.source_table, persons.source_pk
        order by
            persons.is_supported desc, persons.match_score desc, persons.similarity desc nulls last,
            persons.is_in_target_park desc, persons.driver_id
    )
),

-- For a human; who is linked to the only candidate there is needs none.
previews as (
    select
        ranked.source_table,
        ranked.source_pk,
        jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object(
                'driver_id', ranked.driver_id, 'person_key', ranked.person_key,
                'rule', ranked.match_rule, 'score', ranked.match_score,
                'similarity', round(ranked.similarity::numeric, 3), 'names', ranked.verdict,
                'driver_name', ranked.driver_name, 'park_id', ranked.park_id
            )) order by ranked.place
        ) as candidates
    from ranked
    where ranked.place <= 10 and (ranked.supported_persons <> 1 or ranked.persons > 1)
    group by ranked.source_table, ranked.source_pk
)

select
    record.source_table,
    record.source_pk,
    case
        when record.event_date is null then 'MISSING_KEYS'
        when
            coalesce(record.phone_norm, record.license_norm, record.driver_id) is null
            and (record.name_norm is null or coalesce(record.plate_norm, record.car_fingerprint) is null)
            then 'MISSING_KEYS'
        when best.supported_persons = 1 then null
        when best.supported_persons > 1 then 'MULTIPLE_CANDIDATES'
        when best.has_contradiction then 'NAME_CONTRADICTION'
        when best.has_weak then 'WEAK_MATCH_ONLY'
        else 'NO_CANDIDATES'
    end as reason_code,
    best.match_rule,
    best.match_score,
    best.confidence_level,
    best.account_group,
    best.driver_id,
    case when best.supported_persons = 1 then jsonb_strip_nulls(jsonb_build_object(
        'rule', best.match_rule, 'driver_id', best.driver_id, 'person_key', best.person_key,
        'values', case best.match_rule
            when 'R1_PHONE_EXACT' then jsonb_build_object('phone', record.phone_norm)
            when 'R2_LICENSE_EXACT' then jsonb_build_object('license', record.license_norm)
            when 'DRIVER_DIRECT' then jsonb_build_object('driver_id', record.driver_id)
            when 'R4_CAR_FINGERPRINT_NAME_SIMILAR' then jsonb_build_object('car', record.car_fingerprint)
            else jsonb_build_object('plate', record.plate_norm)
        end,
        'record_name', best.record_name, 'driver_name', best.driver_name,
        'similarity', round(best.similarity::numeric, 3), 'names', best.verdict,
        'runner_up', previews.candidates -> 1
    )) end as evidence,
    coalesce(previews.candidates, '[]') as candidates
from machine_records as record
left join ranked as best
    on best.source_table = record.source_table and best.source_pk = record.source_pk and best.place = 1
left join previews on previews.source_table = record.source_table and previews.source_pk = record.source_pk;

insert into canon.match_decisions (
    source_table, source_pk, reason_code, match_rule, match_score, confidence_level, account_group, driver_id, evidence,
    candidates
)
select
    decided.source_table,
    decided.source_pk,
    decided.reason_code,
    decided.match_rule,
    decided.match_score,
    decided.confidence_level,
    decided.account_group,
    decided.driver_id,
    decided.evidence,
    decided.candidates
from decided;

analyze canon.match_decisions (source_table, source_pk, reason_code, match_rule, account_group, driver_id);
