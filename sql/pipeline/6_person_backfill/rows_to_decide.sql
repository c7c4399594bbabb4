-- Open scouting rows to decide again: new entries, and rows whose phone or licence is carried by something that
-- changed: a record, a link, a person (its records, names, driver accounts, human decisions) or a shared value; plus
-- all rows connected to these by a phone or licence.
-- %(since)s: see decided_until.sql; NULL: all open rows. %(queued_ids)s: entries of canon.person_backfill_queue, which
-- records deletions.
-- Grain and key: source_pk. Leaves: rows_to_decide_this_step, changed_values_this_step.
create temporary table rows_to_decide_this_step (source_pk varchar primary key) on commit drop;

create temporary table changed_values_this_step on commit drop as
with changed_records as (
    select record.source_table, record.source_pk
    from canon.records_index as record
    where age(record.xmin) <= age(%(since)s::text::xid)
),

changed_persons as (
    select link.person_key
    from canon.identity_links as link
    where age(link.xmin) <= age(%(since)s::text::xid)
    union
    select link.person_key
    from changed_records as changed
    inner join canon.identity_links as link using (source_table, source_pk)
    union
    select ledger.person_key
    from observational.lead_ledger as ledger
    where age(ledger.xmin) <= age(%(since)s::text::xid) and ledger.attribution_rule = 'MANUAL'
    union
    select mention.person_key
    from canon.mentions_of_persons as mention
    where age(mention.row_version) <= age(%(since)s::text::xid)
),

affected_records as (
    select changed.source_table, changed.source_pk from changed_records as changed
    union
    select link.source_table, link.source_pk
    from changed_persons as person
    inner join canon.identity_links as link on link.person_key = person.person_key
    where link.source_table <> 'drivers'
)

select carried.kind, carried.value
from affected_records as affected
inner join canon.records_index as record using (source_table, source_pk)
cross join lateral (values ('phone', record.phone_norm), ('license', record.license_norm)) as carried (kind, value)
where carried.value is not null
union
select shared.kind, shared.value
from canon.shared_values as shared
where age(shared.xmin) <= age(%(since)s::text::xid) and shared.kind in ('phone', 'license')
union
select queued.kind, queued.value
from canon.person_backfill_queue as queued
where queued.id = any(%(queued_ids)s::bigint[]);

analyze changed_values_this_step;

insert into rows_to_decide_this_step (source_pk)
with recursive open_rows as not materialized (
    select unmatched.source_pk, unmatched.reason_code, unmatched.xmin as row_version
    from canon.identity_unmatched as unmatched
    where unmatched.source_table = 'module_ct_scouting_daily' and unmatched.status = 'OPEN'
),

carriers as (
    select record.source_pk
    from changed_values_this_step as changed
    inner join canon.records_index as record on changed.kind = 'phone' and record.phone_norm = changed.value
    where record.source_table = 'module_ct_scouting_daily'
    union
    select record.source_pk
    from changed_values_this_step as changed
    inner join canon.records_index as record on changed.kind = 'license' and record.license_norm = changed.value
    where record.source_table = 'module_ct_scouting_daily'
),

connected (source_pk) as (
    select open_rows.source_pk
    from open_rows
    where %(since)s::text is null or age(open_rows.row_version) <= age(%(since)s::text::xid)
    union
    select carriers.source_pk
    from carriers
    inner join open_rows using (source_pk)
    union
    select neighbour.source_pk
    from connected
    inner join canon.records_index as record
        on record.source_table = 'module_ct_scouting_daily' and record.source_pk = connected.source_pk
    -- one index probe per row and value; not needed on a first run, which takes all rows
    cross join lateral (
        select phone.source_pk
        from canon.records_index as phone
        where
            phone.phone_norm = record.phone_norm
            and phone.source_table = 'module_ct_scouting_daily'
            and %(since)s::text is not null
            and not exists (
                select 1 from canon.shared_values as shared
                where shared.kind = 'phone' and shared.value = record.phone_norm
            )
        union all
        select license.source_pk
        from canon.records_index as license
        where
            license.license_norm = record.license_norm
            and license.source_table = 'module_ct_scouting_daily'
            and %(since)s::text is not null
            and not exists (
                select 1 from canon.shared_values as shared
                where shared.kind = 'license' and shared.value = record.license_norm
            )
    ) as neighbour
    inner join open_rows on open_rows.source_pk = neighbour.source_pk and open_rows.reason_code = 'NO_CANDIDATES'
)

select connected.source_pk from connected;

analyze rows_to_decide_this_step;
