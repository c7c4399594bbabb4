-- Mark records whose row is gone from the source and whose content stands under no other key. Links and events stay;
-- open unmatched records end as SOURCE_GONE and are not evaluated again. Then record what has been read.
-- Grain and key: (source_table, source_pk). Reads: gone_records_this_step, rekeyed_records_this_step,
-- unread_chunks_this_step. Leaves: ended_records_this_step.
-- Safe to run again: a marked record is not marked again.
create temporary table ended_records_this_step on commit drop as
select gone.source_pk
from gone_records_this_step as gone
where not exists (
    select 1 from rekeyed_records_this_step as rekeyed where rekeyed.former_pk = gone.source_pk
)
union
select archived.new_pk
from rekeyed_records_this_step as archived
where archived.is_archived;

-- rows: gone
update canon.records_index as record
set gone_since = run.as_of
from ended_records_this_step as ended
cross join ops.run_settings(%(run_id)s::integer) as run
where record.source_table = %(source_table)s and record.source_pk = ended.source_pk and record.gone_since is null;

update canon.identity_unmatched as unmatched
set status = 'RESOLVED', reason_code = 'SOURCE_GONE', resolved_at = run.as_of, run_id = %(run_id)s::integer
from ended_records_this_step as ended
cross join ops.run_settings(%(run_id)s::integer) as run
where
    unmatched.source_table = %(source_table)s
    and unmatched.source_pk = ended.source_pk
    and unmatched.status = 'OPEN';

-- Record what was replaced, or is no longer, for its contest (contest_records.sql).
insert into canon.evaluation_queue (source_table, source_pk)
select
    %(source_table)s::text,
    held.source_pk
from held_records_this_step as held
union
select
    contested.source_table,
    contested.source_pk
from canon.identity_contested as contested
where
    contested.source_table = %(source_table)s
    and contested.reason_code = 'REPLACED_RECORD'
    and not exists (
        select 1 from canon.replaced_records as still
        where still.source_table = contested.source_table and still.source_pk = contested.source_pk
    )
on conflict do nothing;

delete from canon.evaluation_queue as queued
using canon.records_index as record
where
    queued.source_table = %(source_table)s
    and record.source_table = queued.source_table
    and record.source_pk = queued.source_pk
    and record.gone_since is not null
    and not exists (
        select 1 from canon.identity_links as link
        where link.source_table = queued.source_table and link.source_pk = queued.source_pk
    );

select canon.record_source_chunk_digests(
    %(source_table)s::text,
    %(run_id)s::integer,
    array(select unread.chunk from unread_chunks_this_step as unread)
);
