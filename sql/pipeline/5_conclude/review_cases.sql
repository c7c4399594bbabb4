-- The records that may wait for a human otherwise than before, for keep_review_cases.sql: those of the batch, those
-- about which something was written since the last checks (canon.check_queue: a human decision, a revert, a new key),
-- and contested ones. The first run of a day, and one that evaluates everything, compares all, by their keys alone.
-- Grain and key: (case_kind, case_key). Leaves: subjects_this_step, cases_this_step.
create temporary table subjects_this_step on commit drop as
with today as materialized (
    select
        not run.is_incremental
        or not exists (
            select 1
            from ops.ingestion_runs as earlier
            where
                earlier.job_type = 'identity_run'
                and earlier.status = 'COMPLETED'
                and earlier.id <> %(run_id)s::integer
                and (earlier.started_at at time zone run.timezone)::date = (run.as_of at time zone run.timezone)::date
        ) as is_all_compared
    from ops.run_settings(%(run_id)s::integer) as run
)

select
    batch.source_table::text as source_table,
    batch.source_pk::text as source_pk
from canon.records_this_run as batch
where batch.source_table <> 'drivers'
union
select
    written.source_table,
    written.source_pk
from canon.check_queue as written
where written.source_table <> 'drivers'
union
select
    contested.source_table,
    contested.source_pk
from canon.identity_contested as contested
where contested.source_table <> 'drivers'
union
-- open records without a case
select
    unmatched.source_table,
    unmatched.source_pk
from canon.identity_unmatched as unmatched
left join canon.review_cases as kept
    on kept.case_kind = 'UNMATCHED' and kept.case_key = unmatched.source_table || '|' || unmatched.source_pk
where (select today.is_all_compared from today) and unmatched.status = 'OPEN' and kept.case_key is null
union
-- cases without an open record
select
    kept.source_table,
    kept.source_pk
from canon.review_cases as kept
left join canon.identity_unmatched as unmatched
    on
        unmatched.source_table = kept.source_table
        and unmatched.source_pk = kept.source_pk
        and unmatched.status = 'OPEN'
where (select today.is_all_compared from today) and kept.case_kind = 'UNMATCHED' and unmatched.source_pk is null;

analyze subjects_this_step;

drop table if exists cases_this_step;

-- Kind by kind, each by the indexes of its table: the planner joins few rows with a union by reading all of it.
create temporary table cases_this_step on commit drop as
with derived_cases as (
    select unmatched.*
    from subjects_this_step as subject
    inner join canon.derived_unmatched_cases as unmatched using (source_table, source_pk)
    union all
    select contested.*
    from subjects_this_step as subject
    inner join canon.derived_contested_cases as contested using (source_table, source_pk)
)

select
    derived.*,
    kept.case_key is not null as is_kept
from derived_cases as derived
left join canon.review_cases as kept on kept.case_kind = derived.case_kind and kept.case_key = derived.case_key;

delete from canon.review_cases as kept
using subjects_this_step as subject
where
    kept.case_kind = 'UNMATCHED'
    and kept.case_key = subject.source_table || '|' || subject.source_pk
    and not exists (
        select 1
        from cases_this_step as derived
        where derived.case_kind = kept.case_kind and derived.case_key = kept.case_key
    );

-- few, and all of them are subjects
delete from canon.review_cases as kept
where
    kept.case_kind in ('CONTESTED', 'REPLACED')
    and not exists (
        select 1
        from cases_this_step as derived
        where derived.case_kind = kept.case_kind and derived.case_key = kept.case_key
    );
