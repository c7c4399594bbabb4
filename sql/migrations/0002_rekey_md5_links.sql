-- Older ingestions keyed scouting rows by md5(scout_id|phone digits|licence|registration_date). Those links,
-- unmatched records and events get the key of today, the row's id, once; each old row is kept in
-- canon.identity_rekeys. A key that no row yields (the row was deleted or edited since) stays as it is.
-- Several rows with one md5: the lowest id takes it over; the others are new records to the next run.
-- Both keys present: the row under the id stays, except that an event gains a person or scout that it lacked.
-- A link outranks an unmatched entry, unless a human set that entry to IGNORED.

create table if not exists canon.identity_rekeys (
    id bigint generated always as identity primary key,
    source_table varchar not null,
    old_source_pk varchar not null,
    new_source_pk varchar not null,
    object text not null check (object in ('identity_links', 'identity_unmatched', 'lead_events')),
    outcome text not null check (outcome in ('REKEYED', 'SUPERSEDED')),
    old_row jsonb not null,
    rekeyed_at timestamptz not null default now()
);
create index if not exists identity_rekeys_new on canon.identity_rekeys (source_table, new_source_pk);

create table canon.rekey_map (old_pk varchar primary key, new_pk varchar not null);

insert into canon.rekey_map (old_pk, new_pk)
with old_keys as materialized (
    select source_pk from canon.identity_links
    where source_table = 'module_ct_scouting_daily' and source_pk ~ '^[0-9a-f]{32}$'
    union
    select source_pk from canon.identity_unmatched
    where source_table = 'module_ct_scouting_daily' and source_pk ~ '^[0-9a-f]{32}$'
    union
    select source_pk from observational.lead_events
    where source_table = 'module_ct_scouting_daily' and source_pk ~ '^[0-9a-f]{32}$'
),
digits_of_rows as (
    select
        id, scout_id, driver_phone, driver_license,
        to_char(registration_date, 'YYYY-MM-DD') as registered,
        regexp_replace(driver_phone, '\D', '', 'g') as digits
    from public.module_ct_scouting_daily
    where exists (select from old_keys)
),
-- The scheme was written down by nobody: each plausible spelling of each part is tried.
spellings as (
    select
        r.id,
        md5(concat_ws(
            '|', coalesce(r.scout_id::text, nothing), coalesce(phone, nothing), coalesce(license, nothing),
            coalesce(r.registered, nothing)
        )) as old_pk
    from digits_of_rows as r
    cross join lateral (
        select r.digits as phone
        union select right(r.digits, 9)
        union
        select case when length(p) >= 8 then p end
        from regexp_replace(r.driver_phone, '[-\s()+]', '', 'g') as p
    ) as phones
    cross join lateral (
        select r.driver_license as license
        union select btrim(r.driver_license)
        union select upper(regexp_replace(r.driver_license, '[-\s]', '', 'g'))
    ) as licenses
    cross join (values (''), ('None')) as nulls (nothing)
)
select s.old_pk, min(s.id)::text
from spellings as s
join old_keys as k on k.source_pk = s.old_pk
group by s.old_pk;

-- Links: which of several old ones takes the id over, and which only remain in the record.
create table canon.rekey_plan as
select
    'identity_links' as object, l.id, m.old_pk, m.new_pk, to_jsonb(l) as old_row,
    row_number() over (partition by m.new_pk order by l.match_score desc, l.linked_at, l.id) > 1
    or exists (
        select from canon.identity_links as k where k.source_table = l.source_table and k.source_pk = m.new_pk
    )
    or exists (
        select from canon.identity_unmatched as u
        where u.source_table = l.source_table and u.source_pk = m.new_pk and u.status = 'IGNORED'
    ) as is_superseded
from canon.identity_links as l
join canon.rekey_map as m on m.old_pk = l.source_pk
where l.source_table = 'module_ct_scouting_daily';

delete from canon.identity_links as l using canon.rekey_plan as p
where p.object = 'identity_links' and p.id = l.id and p.is_superseded;
update canon.identity_links as l set source_pk = p.new_pk from canon.rekey_plan as p
where p.object = 'identity_links' and p.id = l.id and not p.is_superseded;

-- Unmatched: an open entry gives way to a link; one that is RESOLVED may stand beside it.
insert into canon.rekey_plan
select
    'identity_unmatched', u.id, m.old_pk, m.new_pk, to_jsonb(u),
    row_number() over (partition by m.new_pk order by u.status = 'IGNORED' desc, u.created_at, u.id) > 1
    or exists (
        select from canon.identity_unmatched as k
        where k.source_table = u.source_table and k.source_pk = m.new_pk
    )
    or u.status <> 'RESOLVED' and exists (
        select from canon.identity_links as k where k.source_table = u.source_table and k.source_pk = m.new_pk
    )
from canon.identity_unmatched as u
join canon.rekey_map as m on m.old_pk = u.source_pk
where u.source_table = 'module_ct_scouting_daily'
union all
select 'identity_unmatched', u.id, u.source_pk, u.source_pk, to_jsonb(u), true
from canon.identity_unmatched as u
join canon.rekey_plan as p on p.new_pk = u.source_pk and p.object = 'identity_links' and not p.is_superseded
where u.source_table = 'module_ct_scouting_daily' and u.status = 'OPEN';

delete from canon.identity_unmatched as u using canon.rekey_plan as p
where p.object = 'identity_unmatched' and p.id = u.id and p.is_superseded;
update canon.identity_unmatched as u set source_pk = p.new_pk from canon.rekey_plan as p
where p.object = 'identity_unmatched' and p.id = u.id and not p.is_superseded;

-- Events.
insert into canon.rekey_plan
select
    'lead_events', e.id, m.old_pk, m.new_pk, to_jsonb(e),
    row_number() over (
        partition by m.new_pk order by (e.person_key is null), (e.scout_id is null), e.created_at, e.id
    ) > 1
    or exists (
        select from observational.lead_events as k
        where k.source_table = e.source_table and k.source_pk = m.new_pk
    )
from observational.lead_events as e
join canon.rekey_map as m on m.old_pk = e.source_pk
where e.source_table = 'module_ct_scouting_daily';

delete from observational.lead_events as e using canon.rekey_plan as p
where p.object = 'lead_events' and p.id = e.id and p.is_superseded;
update observational.lead_events as e set source_pk = p.new_pk from canon.rekey_plan as p
where p.object = 'lead_events' and p.id = e.id and not p.is_superseded;

with lost as (
    select distinct on (new_pk)
        new_pk,
        (old_row ->> 'person_key')::uuid as person_key,
        (old_row ->> 'scout_id')::integer as scout_id,
        old_row -> 'payload_json' as payload_json
    from canon.rekey_plan
    where object = 'lead_events' and is_superseded
    order by new_pk, (old_row ->> 'person_key') is null, (old_row ->> 'scout_id') is null, id
)
update observational.lead_events as e
set
    person_key = coalesce(e.person_key, lost.person_key),
    scout_id = coalesce(e.scout_id, lost.scout_id),
    payload_json = coalesce(e.payload_json, nullif(lost.payload_json, 'null'))
from lost
where e.source_table = 'module_ct_scouting_daily' and e.source_pk = lost.new_pk
  and (e.person_key is null or e.scout_id is null or e.payload_json is null);

insert into canon.identity_rekeys (source_table, old_source_pk, new_source_pk, object, outcome, old_row)
select
    'module_ct_scouting_daily', old_pk, new_pk, object,
    case when is_superseded then 'SUPERSEDED' else 'REKEYED' end, old_row
from canon.rekey_plan
order by object, id;

drop table canon.rekey_plan;
drop table canon.rekey_map;
