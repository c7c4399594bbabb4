-- A scouting file that claims people whom nobody brought: cabinet leads without any scout, under the name of one scout.
-- The truth gets them, too. Grain: one scouting row.
with unclaimed as (
    select
        record.source_pk,
        record.name_norm,
        record.phone_norm,
        record.event_date,
        truth.human_id,
        row_number() over (order by record.source_pk) as place
    from ops.v_persons_without_scout_categorized as person
    inner join ops.v_identity_links as link
        on
            link.person_key = person.person_key
            and link.source_table = 'module_ct_cabinet_leads'
            and link.match_rule = 'R1_PHONE_EXACT'
    inner join canon.records_index as record
        on record.source_table = link.source_table and record.source_pk = link.source_pk
    inner join demo.truth_records as truth
        on truth.source_table = link.source_table and truth.source_pk = link.source_pk
    where person.category = 'A' and person.event_count = 1 and record.name_norm is not null
),

numbered as (
    select
        (select max(id) from public.module_ct_scouting_daily) + unclaimed.place as id,
        unclaimed.*
    from unclaimed
    where unclaimed.place <= %(rows)s
),

known as (
    insert into demo.truth_records (source_table, source_pk, human_id)
    select
        'module_ct_scouting_daily',
        numbered.id::text,
        numbered.human_id
    from numbered
)

insert into public.module_ct_scouting_daily (id, scout_id, driver_name, driver_phone, registration_date, created_at)
select
    numbered.id,
    (select max(scout.scout_id) from ops.v_dim_scouts as scout),
    numbered.name_norm,
    numbered.phone_norm,
    numbered.event_date,
    now() at time zone %(timezone)s
from numbered
returning scout_id;
