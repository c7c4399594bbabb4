-- What a run did, as one JSON object: records read, links per rule, unmatched per reason, events, seconds per step.
with steps as (
    select
        jsonb_object_agg(step.step, step.seconds) as seconds,
        jsonb_object_agg(step.step, step.rows_changed) as rows_changed,
        sum(step.seconds) as total
    from ops.run_steps as step
    where step.run_id = %(run_id)s::integer
),

read as (
    select jsonb_object_agg(counted.source_table, counted.records) as records
    from (
        select
            record.source_table,
            count(*) as records
        from canon.records_index as record
        where record.run_id = %(run_id)s::integer
        group by record.source_table
    ) as counted
),

linked as (
    select
        jsonb_object_agg(counted.match_rule, counted.links) as per_rule,
        sum(counted.links) filter (where counted.match_rule <> 'DRIVER_MATCH') as links
    from (
        select
            link.match_rule,
            count(*) as links
        from canon.identity_links as link
        where link.run_id = %(run_id)s::integer
        group by link.match_rule
    ) as counted
),

unmatched as (
    select
        jsonb_object_agg(counted.reason_code, counted.records) as per_reason,
        sum(counted.records) as records
    from (
        select
            unmatched.reason_code,
            count(*) as records
        from canon.identity_unmatched as unmatched
        where unmatched.run_id = %(run_id)s::integer and unmatched.status = 'OPEN'
        group by unmatched.reason_code
    ) as counted
)

select jsonb_build_object(
    'records_read', coalesce(read.records, '{}'),
    'linked', coalesce(linked.links, 0),
    'linked_per_rule', coalesce(linked.per_rule, '{}'),
    'unmatched', coalesce(unmatched.records, 0),
    'unmatched_per_reason', coalesce(unmatched.per_reason, '{}'),
    'contested', (
        select count(*) from canon.identity_contested as contested where contested.run_id = %(run_id)s::integer
    ),
    'events', (
        select count(*)
        from observational.lead_events as event
        cross join ops.run_settings(%(run_id)s::integer) as run
        where event.created_at = run.as_of
    ),
    'rows_changed_per_step', coalesce(steps.rows_changed, '{}'),
    'seconds_per_step', coalesce(steps.seconds, '{}'),
    'seconds', coalesce(steps.total, 0)
)
from steps
cross join read
cross join linked
cross join unmatched;
