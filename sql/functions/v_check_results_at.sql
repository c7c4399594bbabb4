-- The latest result of each check as it stands at a moment; see ops.v_check_results. By its owner's right: its readers
-- may read the answer, not the tables. Exactly on a limit is still the better state. What was well when it was last
-- looked at is UNKNOWN while its group cannot be looked at.
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
    with watched as (
        select max(health.checked_at) as last_at
        from ops.health_checks as health
        where health.checked_at <= moment
    ),

    -- Whether anybody looks is told at read time: who does not look cannot write it down.
    watching as (
        select
            watched.last_at,
            moment - watched.last_at as age,
            case
                when watched.last_at is null then 'RED_NO_CHECKS'
                when moment - watched.last_at > interval '24 hours' then 'RED_CHECKS_STALE'
                when moment - watched.last_at > interval '1 hour' then 'YELLOW_CHECKS_STALE'
                else 'OK'
            end as state
        from watched
    ),

    blind as (
        select kept.subject as check_group
        from ops.check_states as kept
        where kept.check_name like 'probe.%' and kept.severity in ('YELLOW', 'RED')
    ),

    latest as (
        select
            kept.check_name,
            kept.subject,
            case when unseen.is_true then 'UNKNOWN' else kept.severity end as severity,
            case when unseen.is_true then 'CHECK_FAILED' else kept.state end as state,
            kept.since,
            kept.checked_at,
            kept.cause,
            kept.value,
            kept.limit_value,
            kept.details
        from ops.check_states as kept
        cross join lateral (
            select
                kept.severity = 'OK'
                and split_part(kept.check_name, '.', 1) in (select blind.check_group from blind) as is_true
        ) as unseen
        union all
        select
            'health.itself',
            'itself',
            split_part(watching.state, '_', 1),
            watching.state,
            coalesce(watching.last_at, moment),
            coalesce(watching.last_at, moment),
            'health',
            jsonb_build_object('gap_seconds', extract(epoch from watching.age)),
            jsonb_build_object('gap_seconds', case when watching.state = 'RED_CHECKS_STALE' then 86400 else 3600 end),
            '{}'::jsonb
        from watching
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
                and mute.muted_until > moment
        )
    from latest
$$;
