-- Same phone or licence as the scouting row that founded a person (NEW_PERSON): R1 and R2 for persons without a driver.
-- Sees only records that share nothing with any driver, so that drivers always come first. Such a person is a group of
-- its own, named 'person <key>', and bears the name of its founder.
delete from canon.candidates_this_run as candidate where candidate.person_key is not null;

insert into canon.candidates_this_run (
    source_table, source_pk, rule, person_key, account_group, record_name, driver_name
)
with strangers as materialized (
    select
        record.source_table,
        record.source_pk,
        record.phone_norm,
        record.license_norm,
        record.name_norm
    from canon.records_this_run as batch
    inner join canon.records_index as record using (source_table, source_pk)
    where
        -- most batches are empty, and before the first person is founded nobody need be looked for
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
    stranger.source_table,
    stranger.source_pk,
    'R1_PHONE_EXACT',
    link.person_key,
    'person ' || link.person_key,
    stranger.name_norm,
    founder.name_norm
from strangers as stranger
inner join canon.records_index as founder on founder.phone_norm = stranger.phone_norm
inner join canon.identity_links as link
    on link.source_table = founder.source_table and link.source_pk = founder.source_pk
where
    link.match_rule in ('NEW_PERSON', 'BACKFILL_NEW_PERSON')
    and (founder.source_table, founder.source_pk) <> (stranger.source_table, stranger.source_pk)
    and not exists (
        select 1 from canon.shared_values as hot where hot.kind = 'phone' and hot.value = stranger.phone_norm
    )
union all
select
    stranger.source_table,
    stranger.source_pk,
    'R2_LICENSE_EXACT',
    link.person_key,
    'person ' || link.person_key,
    stranger.name_norm,
    founder.name_norm
from strangers as stranger
inner join canon.records_index as founder on founder.license_norm = stranger.license_norm
inner join canon.identity_links as link
    on link.source_table = founder.source_table and link.source_pk = founder.source_pk
where
    link.match_rule in ('NEW_PERSON', 'BACKFILL_NEW_PERSON')
    and (founder.source_table, founder.source_pk) <> (stranger.source_table, stranger.source_pk)
    and not exists (
        select 1 from canon.shared_values as hot where hot.kind = 'license' and hot.value = stranger.license_norm
    );
