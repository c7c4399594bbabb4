-- The state of each pipeline at a moment; see ops.v_pipeline_health. SECURITY DEFINER: readers need no right on the
-- tables. A value exactly on a limit has the better state.
--
-- Clocks differ: a run that ended after the moment counts from its start, and from the moment itself if that is ahead
-- by up to an hour. Runs further ahead do not count: a wrong date would be healthy for ever, or hide later runs. A
-- failed run stays RED, with its last_run_error, until a later run has ended. Airflow's answer that a DAG is not
-- paused is valid for an hour; that it is paused, until Airflow says otherwise.
create or replace function ops.v_pipeline_health_at(moment timestamptz)
returns table (
    job_type text,
    severity text,
    state text,
    states text[],
    last_completed_at timestamptz,
    age interval,
    last_run_id integer,
    last_run_status text,
    last_run_error text,
    running_since timestamptz,
    is_paused boolean,
    checked_at timestamptz,
    dag_id text
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off -- compiling takes longer than the query
as $$
    with pipelines (job_type, dag_id, what, yellow_after, red_after) as (
        values
        (
            'identity_run'::public.jobtype, 'identity_ingestion', 'INGESTION',
            interval '24 hours', interval '48 hours'
        ),
        (
            'scout_attribution_refresh', 'scout_attribution_refresh', 'ATTRIBUTION',
            interval '4 hours 30 minutes', interval '24 hours'
        )
    ),

    observed as (
        select
            pipelines.*,
            settings.stuck_after_minutes,
            settings.no_new_data_days,
            completed.completed_at as last_completed_at,
            moment - completed.counts_as_of as age,
            last_run.id as last_run_id,
            last_run.status::text as last_run_status,
            case when last_ended.status = 'FAILED' then last_ended.error_message::text end as last_run_error,
            case when last_run.status = 'RUNNING' then last_run.started_at end as running_since,
            last_ended.status = 'FAILED' as has_failed,
            case when dag.is_paused or dag.observed_at >= moment - interval '1 hour' then dag.is_paused end as is_paused
        from pipelines
        cross join ops.health_settings as settings
        left join lateral (
            select
                run.completed_at,
                as_of.counts_as_of
            from ops.ingestion_runs as run
            cross join lateral (
                select case
                    when run.completed_at <= moment then run.completed_at
                    when run.started_at <= moment then run.started_at
                    when run.completed_at <= moment + interval '1 hour' then moment
                end as counts_as_of
            ) as as_of
            where run.job_type = pipelines.job_type and run.status = 'COMPLETED' and as_of.counts_as_of is not null
            order by as_of.counts_as_of desc, run.id desc
            limit 1
        ) as completed on true
        left join lateral (
            select run.*
            from ops.ingestion_runs as run
            where run.job_type = pipelines.job_type and run.started_at <= moment + interval '1 hour'
            order by run.started_at desc, run.id desc
            limit 1
        ) as last_run on true
        left join lateral (
            select
                run.status,
                run.error_message
            from ops.ingestion_runs as run
            where
                run.job_type = pipelines.job_type
                and run.status in ('COMPLETED', 'FAILED')
                and run.started_at <= moment + interval '1 hour'
            order by run.started_at desc, run.id desc
            limit 1
        ) as last_ended on true
        left join ops.dag_observations as dag on dag.dag_id = pipelines.dag_id
    ),

    -- Runs of older programs have no records_read: they count as having brought new rows.
    quiet as (
        select
            observed.job_type,
            count(*) filter (where run.completed_at > moment - limits.days) > 0
            and not coalesce(bool_or(run.is_news) filter (where run.completed_at >= moment - limits.days), false)
            and exists (
                select 1 from ops.ingestion_runs as earlier
                where
                    earlier.job_type = observed.job_type
                    and earlier.status = 'COMPLETED'
                    and earlier.completed_at < moment - limits.days
            ) as is_quiet
        from observed
        cross join lateral (select make_interval(hours => 24 * observed.no_new_data_days) as days) as limits
        left join lateral (
            select
                recent.completed_at,
                coalesce(
                    (
                        select bool_or(source.rows_read::numeric > 0)
                        from json_each_text(recent.stats -> 'records_read') as source (source_name, rows_read)
                    ),
                    recent.stats -> 'records_read' is null
                ) as is_news
            from ops.ingestion_runs as recent
            where
                recent.job_type = observed.job_type
                and recent.status = 'COMPLETED'
                and recent.completed_at between moment - limits.days and moment + interval '1 hour'
        ) as run on true
        where observed.job_type = 'identity_run'
        group by observed.job_type, limits.days
    ),

    judged as (
        select
            observed.*,
            array_remove(array[
                case when observed.age is null then 'RED_NO_' || observed.what end,
                case when observed.age > observed.red_after then 'RED_' || observed.what || '_STALE' end,
                case when observed.has_failed then 'RED_RUN_FAILED' end,
                case
                    when observed.age > observed.yellow_after and observed.age <= observed.red_after
                        then 'YELLOW_' || observed.what || '_STALE'
                end,
                case
                    when moment - observed.running_since > make_interval(mins => observed.stuck_after_minutes)
                        then 'YELLOW_RUN_STUCK'
                end,
                case when observed.is_paused then 'YELLOW_DAG_PAUSED' end,
                case when quiet.is_quiet then 'YELLOW_NO_NEW_DATA' end
            ], null) as states
        from observed
        left join quiet on quiet.job_type = observed.job_type
    )

    select
        judged.job_type::text,
        coalesce(split_part(judged.states[1], '_', 1), 'OK'),
        coalesce(judged.states[1], 'OK'),
        judged.states,
        judged.last_completed_at,
        judged.age,
        judged.last_run_id,
        judged.last_run_status,
        judged.last_run_error,
        judged.running_since,
        judged.is_paused,
        moment,
        judged.dag_id
    from judged
$$;
