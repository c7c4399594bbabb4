-- The row that was overwritten is another record, by a human's decision: what the record said before keeps its link or
-- unmatched entry and its event, under a key of its own ('17#1'), as a record that is gone. Its key is free for what
-- the row says now (adopt_replaced_record.sql).
-- Grain and key: (source_table, source_pk). Leaves: kept_record_this_step (the key that it has now).
create temporary table kept_record_this_step on commit drop as
select
    held.source_table,
    held.source_pk,
    held.source_pk || '#' || nextval('canon.former_record_numbers') as new_pk
from canon.replaced_records as held
where held.source_table = %(source_table)s and held.source_pk = %(source_pk)s;

insert into ops.identity_links_backfill_audit (
    source_table, source_pk, person_key, match_method, match_confidence, evidence_json, action_type, backfill_timestamp,
    notes
)
select
    kept.source_table,
    kept.new_pk,
    link.person_key,
    'MANUAL',
    'HIGH',
    jsonb_build_object('former_source_pk', kept.source_pk),
    'REKEYED',
    %(decided_at)s::timestamptz,
    %(notes)s
from pg_temp.kept_record_this_step as kept
left join canon.identity_links as link
    on link.source_table = kept.source_table and link.source_pk = kept.source_pk;

-- the waiting content stays under the key
with kept as (
    select
        array_agg(one.source_pk::text) as former_pks,
        array_agg(one.new_pk::text) as new_pks
    from pg_temp.kept_record_this_step as one
)

select canon.rekey_records(%(source_table)s, kept.former_pks, kept.new_pks)
from kept;

update canon.replaced_records as held
set source_pk = kept.source_pk
from pg_temp.kept_record_this_step as kept
where held.source_table = kept.source_table and held.source_pk = kept.new_pk;

delete from canon.identity_contested as contested
using pg_temp.kept_record_this_step as kept
where contested.source_table = kept.source_table and contested.source_pk = kept.new_pk;

update canon.records_index as record
set gone_since = %(decided_at)s::timestamptz
from pg_temp.kept_record_this_step as kept
where record.source_table = kept.source_table and record.source_pk = kept.new_pk;
