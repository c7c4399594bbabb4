-- Recognise records that stand under another key now: of a table reloaded with new numbers, of a sheet that was sorted
-- or whose rows moved up. A record that lost its content (its row is gone, or says something else) is the one whose key
-- now says the same (canon.record_digest); equals are told apart by their scout, then taken in order.
-- Grain: rekeyed_records_this_step: one record. Reads: changed_records_this_step. Leaves: gone_records_this_step,
-- lost_contents_this_step, free_contents_this_step, rekeyed_records_this_step.
-- Safe to run again: a record that has been re-keyed has its content under its key.

-- A run that is limited to some dates or sources has not read enough to miss a row.
create temporary table gone_records_this_step on commit drop as
select record.source_pk
from canon.records_index as record
inner join canon.source_chunk_digests as chunk
    on
        chunk.source_table = record.source_table
        and chunk.chunk = canon.chunk_of_row(record.source_row_id)
        and not chunk.is_read
cross join ops.run_settings(%(run_id)s::integer) as run
where
    record.source_table = %(source_table)s
    and record.gone_since is null
    and coalesce(run.scope_date_from, run.scope_date_to) is null
    and (run.source_tables is null or %(source_table)s = any(run.source_tables))
    and not exists (
        select 1 from canon.source_records as source
        where
            source.source_table = %(source_table)s
            and get_bit(
                (select canon.changed_source_chunks(%(source_table)s)), canon.chunk_of_row(source.row_id)
            ) > 0
            and source.row_id = record.source_row_id
            and source.source_pk = record.source_pk
    )
    and not exists (
        select 1 from changed_records_this_step as changed where changed.source_pk = record.source_pk
    );

-- Contents that a key has now and did not have before.
create temporary table free_contents_this_step on commit drop as
select
    changed.source_pk,
    changed.digest,
    changed.scout_id,
    false as is_held
from changed_records_this_step as changed
left join canon.records_index as seen using (source_table, source_pk)
where changed.digest is not null and changed.digest is distinct from seen.digest
union all
select
    held.source_pk,
    held.digest,
    held.scout_id,
    true
from canon.replaced_records as held
where
    held.source_table = %(source_table)s
    and held.digest is not null
    and not exists (select 1 from changed_records_this_step as changed where changed.source_pk = held.source_pk);

analyze free_contents_this_step;

-- Records whose key no longer says what they said.
create temporary table lost_contents_this_step on commit drop as
with lost as (
    select gone.source_pk
    from gone_records_this_step as gone
    union
    select record.source_pk
    from canon.records_index as record
    inner join free_contents_this_step as free on free.digest = record.digest
    where record.source_table = %(source_table)s and record.gone_since is not null
    union
    select free.source_pk from free_contents_this_step as free
)

select
    record.source_pk,
    record.digest,
    record.scout_id,
    -- an edited row has kept its record, unless it says what another record said
    coalesce(canon.is_other_record(
        record.name_norm, changed.name_norm, record.phone_norm, changed.phone_norm, record.license_norm,
        changed.license_norm, record.driver_id, changed.driver_id
    ), true) as is_surely_lost
from lost
inner join canon.records_index as record
    on record.source_table = %(source_table)s and record.source_pk = lost.source_pk
left join changed_records_this_step as changed on changed.source_pk = lost.source_pk
where record.digest is not null;

delete from lost_contents_this_step as lost
where
    not lost.is_surely_lost
    and not exists (
        select 1
        from free_contents_this_step as free
        inner join lost_contents_this_step as other on other.digest = free.digest
        where free.source_pk = lost.source_pk and other.source_pk <> lost.source_pk
    );

analyze lost_contents_this_step;

create temporary table rekeyed_records_this_step (
    former_pk varchar not null,
    new_pk varchar not null,
    is_archived boolean not null default false
) on commit drop;

-- rows: rekeyed
insert into rekeyed_records_this_step (former_pk, new_pk)
with lost as (
    select
        lost_content.*,
        row_number() over (
            partition by lost_content.digest, lost_content.scout_id order by lost_content.source_pk
        ) as place
    from lost_contents_this_step as lost_content
),

free as (
    select
        free_content.*,
        row_number() over (
            partition by free_content.digest, free_content.scout_id order by free_content.source_pk
        ) as place
    from free_contents_this_step as free_content
)

select
    lost.source_pk,
    free.source_pk
from lost
inner join free
    on free.digest = lost.digest and free.scout_id is not distinct from lost.scout_id and free.place = lost.place;

-- the others have another scout: the source corrected it as well
-- rows: rekeyed
insert into rekeyed_records_this_step (former_pk, new_pk)
with lost as (
    select
        lost_content.*,
        row_number() over (partition by lost_content.digest order by lost_content.source_pk) as place
    from lost_contents_this_step as lost_content
    where not exists (
        select 1 from rekeyed_records_this_step as rekeyed where rekeyed.former_pk = lost_content.source_pk
    )
),

free as (
    select
        free_content.*,
        row_number() over (partition by free_content.digest order by free_content.source_pk) as place
    from free_contents_this_step as free_content
    where not exists (
        select 1 from rekeyed_records_this_step as rekeyed where rekeyed.new_pk = free_content.source_pk
    )
)

select
    lost.source_pk,
    free.source_pk
from lost
inner join free on free.digest = lost.digest and free.place = lost.place;

-- A key with rows of a program that did not index it belongs to them.
delete from rekeyed_records_this_step as rekeyed
where
    not exists (
        select 1 from canon.records_index as record
        where record.source_table = %(source_table)s and record.source_pk = rekeyed.new_pk
    )
    and (
        exists (
            select 1 from canon.identity_links as link
            where link.source_table = %(source_table)s and link.source_pk = rekeyed.new_pk
        )
        or exists (
            select 1 from canon.identity_unmatched as unmatched
            where unmatched.source_table = %(source_table)s and unmatched.source_pk = rekeyed.new_pk
        )
        or exists (
            select 1 from observational.lead_events as event
            where event.source_table = %(source_table)s and event.source_pk = rekeyed.new_pk
        )
    );
