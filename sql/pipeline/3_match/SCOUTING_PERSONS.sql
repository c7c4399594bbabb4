-- R1 and R2 for persons without a driver account: candidates that share a phone or licence with the scouting row that
-- created a person (NEW_PERSON). Considers only records without any driver candidate, so that drivers take precedence.
-- Such a person is its own account group, 'person <person_key>', under the name of that scouting row.
-- Grain: one candidate person per record. Safe to run again: its candidates are deleted first.
delete from canon.candidates_this_run as candidate where candidate.person_key is not null;

insert into canon.candidates_this_run (
    source_table, source_pk, rule, person_key, person_record, account_group, record_name, driver_name
)
with records_without_candidate as materialized (
    select
        record.source_table,
        record.source_pk,
        record.phone_norm,
        record.license_norm,
        record.name_norm
    from canon.records_this_run as batch
    inner join canon.records_index as record using (source_table, source_pk)
    where
        -- skip the search when the batch is empty or no such person exists
        exists (select 1 from canon.records_this_run)
        and exists (
            select 1 from canon.identity_links as link
            where link.match_rule in ('NEW_PERSON', 'BACKFILL_NEW_PERSON')
        )
        and record.event_date is not null
        and coalesce(record.phone_norm, record.license_norm) is not null
        and not exists (
            select 1 from canon.candidates_this_run as candidate
            where candidate.source_table = record.source_table and candidate.source_pk = record.source_pk
        )
)

select
    record.source_table,
    record.source_pk,
    'R1_PHONE_EXACT',
    link.person_key,
    scouting.source_pk,
    'person ' || link.person_key,
    record.name_norm,
    scouting.name_norm
from records_without_candidate as record
inner join canon.records_index as scouting on scouting.phone_norm = record.phone_norm
inner join canon.identity_links as link
    on link.source_table = scouting.source_table and link.source_pk = scouting.source_pk
where
    link.match_rule in ('NEW_PERSON', 'BACKFILL_NEW_PERSON')
    and (scouting.source_table, scouting.source_pk) <> (record.source_table, record.source_pk)
    and not exists (
        select 1 from canon.shared_values as shared where shared.kind = 'phone' and shared.value = record.phone_norm
    )
union all
select
    record.source_table,
    record.source_pk,
    'R2_LICENSE_EXACT',
    link.person_key,
    scouting.source_pk,
    'person ' || link.person_key,
    record.name_norm,
    scouting.name_norm
from records_without_candidate as record
inner join canon.records_index as scouting on scouting.license_norm = record.license_norm
inner join canon.identity_links as link
    on link.source_table = scouting.source_table and link.source_pk = scouting.source_pk
where
    link.match_rule in ('NEW_PERSON', 'BACKFILL_NEW_PERSON')
    and (scouting.source_table, scouting.source_pk) <> (record.source_table, record.source_pk)
    and not exists (
        select 1 from canon.shared_values as shared where shared.kind = 'license' and shared.value = record.license_norm
    );
