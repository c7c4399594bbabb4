-- What a run did, as one JSON object: records read, links per rule, unmatched per reason, events, seconds per step.
-- `as_of` is the moment of the run (ops.run_settings), given as a value for the planner's sake: its rows are few.
with steps as (
    select
        jsonb_object_agg(step.step, step.seconds) as seconds,
        jsonb_object_agg(step.step, step.rows_changed) as rows_changed,
        sum(step.seconds) as total
    from ops.run_steps as step
    where step.run_id = %(run_id)s::integer
),

counted as (
    select 'read' as what, record.source_table as name, count(*) as row_count
    from canon.records_index as record
    where record.run_id = %(run_id)s::integer
    group by record.source_table
    union all
    select 'linked', link.match_rule, count(*)
    from canon.identity_links as link
    where link.run_id = %(run_id)s::integer
    group by link.match_rule
    union all
    select 'unmatched', unmatched.reason_code, count(*)
    from canon.identity_unmatched as unmatched
    where unmatched.run_id = %(run_id)s::integer and unmatched.status = 'OPEN'
    group by unmatched.reason_code
),

-- records that stand under another key now, whose row was overwritten with another person, or is gone
recognised as (
    select
        coalesce(sum((step.detail ->> 'rekeyed')::bigint), 0) as rekeyed,
        coalesce(sum((step.detail ->> 'replaced')::bigint), 0) as replaced,
        coalesce(sum((step.detail ->> 'gone')::bigint), 0) as gone
    from ops.run_steps as step
    where step.run_id = %(run_id)s::integer
),

records as (
    select
        jsonb_object_agg(counted.name, counted.row_count) filter (where counted.what = 'read') as read_per_source,
        jsonb_object_agg(counted.name, counted.row_count) filter (where counted.what = 'linked') as linked_per_rule,
        jsonb_object_agg(counted.name, counted.row_count) filter (where counted.what = 'unmatched')
            as unmatched_per_reason,
        sum(counted.row_count) filter (where counted.what = 'linked' and counted.name <> 'DRIVER_MATCH') as linked,
        sum(counted.row_count) filter (where counted.what = 'unmatched') as unmatched
    from counted
)

select jsonb_build_object(
    'records_read', coalesce(records.read_per_source, '{}'),
    'rekeyed', recognised.rekeyed,
    'replaced', recognised.replaced,
    'gone', recognised.gone,
    'linked', coalesce(records.linked, 0),
    'linked_per_rule', coalesce(records.linked_per_rule, '{}'),
    'unmatched', coalesce(records.unmatched, 0),
    'unmatched_per_reason', coalesce(records.unmatched_per_reason, '{}'),
    'contested', (
        select count(*) from canon.identity_contested as contested where contested.run_id = %(run_id)s::integer
    ),
    'events', (
        select count(*)
        from observational.lead_events as event
        where event.created_at = %(as_of)s::timestamptz
    ),
    'rows_changed_per_step', coalesce(steps.rows_changed, '{}'),
    'seconds_per_step', coalesce(steps.seconds, '{}'),
    'seconds', coalesce(steps.total, 0)
)
from steps
cross join recognised
cross join records;
