-- The latest result of each check at a moment; see ops.v_check_results. SECURITY DEFINER: readers need no right on the
-- tables. A value exactly on a limit has the better state. A check that was OK is UNKNOWN while its group cannot be
-- probed.
create or replace function ops.v_check_results_at(moment timestamptz)
returns table (
    check_name text,
    subject text,
    severity text,
    state text,
    since timestamptz,
    checked_at timestamptz,
    age interval,
    is_overdue boolean,
    cause text,
    value jsonb,
    limit_value jsonb,
    details jsonb,
    episode_id bigint,
    muted_until timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with last_check as (
        select max(health.checked_at) as last_at
        from ops.health_checks as health
        where health.checked_at <= moment
    ),

    -- Computed at read time: a health check that does not run cannot record that.
    health_itself as (
        select
            last_check.last_at,
            moment - last_check.last_at as age,
            case
                when last_check.last_at is null then 'RED_NO_CHECKS'
                when moment - last_check.last_at > interval '24 hours' then 'RED_CHECKS_STALE'
                when moment - last_check.last_at > interval '1 hour' then 'YELLOW_CHECKS_STALE'
                else 'OK'
            end as state
        from last_check
    ),

    failed_probes as (
        select known.subject as check_group
        from ops.check_states as known
        where known.check_name like 'probe.%' and known.severity in ('YELLOW', 'RED')
    ),

    latest as (
        select
            known.check_name,
            known.subject,
            case when unmeasured.is_true then 'UNKNOWN' else known.severity end as severity,
            case when unmeasured.is_true then 'CHECK_FAILED' else known.state end as state,
            known.since,
            known.checked_at,
            known.cause,
            known.value,
            known.limit_value,
            known.details
        from ops.check_states as known
        cross join lateral (
            select
                known.severity = 'OK'
                and split_part(known.check_name, '.', 1) in (select probe.check_group from failed_probes as probe)
                as is_true
        ) as unmeasured
        union all
        select
            'health.itself',
            'itself',
            split_part(health_itself.state, '_', 1),
            health_itself.state,
            coalesce(health_itself.last_at, moment),
            coalesce(health_itself.last_at, moment),
            'health',
            jsonb_build_object('gap_seconds', extract(epoch from health_itself.age)),
            jsonb_build_object(
                'gap_seconds', case when health_itself.state = 'RED_CHECKS_STALE' then 86400 else 3600 end
            ),
            '{}'::jsonb
        from health_itself
    )

    select
        latest.check_name,
        latest.subject,
        latest.severity,
        latest.state,
        latest.since,
        latest.checked_at,
        moment - latest.checked_at,
        moment - latest.checked_at > interval '1 hour',
        latest.cause,
        latest.value,
        latest.limit_value,
        latest.details,
        (
            select episode.id
            from ops.alert_episodes as episode
            where episode.closed_at is null and episode.problems ? latest.check_name
        ),
        (
            select max(mute.muted_until)
            from ops.alert_mutes as mute
            where
                mute.target in (latest.check_name, latest.cause)
                and mute.ended_at is null
                and (mute.states is null or mute.states -> latest.check_name ? latest.state)
                and mute.muted_until > moment
        )
    from latest
$$;
