-- The health of scout attribution and its job at a moment; see ops.v_scout_attribution_health. SECURITY DEFINER:
-- readers need no right on the tables. The percentage is compared before it is rounded for display.
create or replace function ops.v_scout_attribution_health_at(moment timestamptz)
returns table (
    state text,
    reasons text[],
    pct_scout_satisfactory numeric,
    conflicts_count bigint,
    total_persons bigint,
    persons_with_scout_satisfactory bigint,
    job_state text,
    job_severity text,
    last_completed_at timestamptz,
    checked_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off -- compiling takes longer than the query
as $$
    with counted as materialized ( -- sums once, compared several times
        select
            totals.persons as total,
            totals.satisfactory,
            totals.conflicts
        from canon.attribution_totals as totals
    ),

    reasons as (
        select
            counted.*,
            job.state as job_state,
            job.severity as job_severity,
            job.last_completed_at,
            array_remove(array[
                case when counted.satisfactory * 100 < counted.total * 50 then 'SATISFACTORY_BELOW_50' end,
                case when counted.conflicts > 100 then 'CONFLICTS_OVER_100' end
            ], null)
            || case when job.severity = 'RED' then job.states else '{}' end as red_reasons,
            array_remove(array[
                case when counted.total = 0 then 'NO_PERSONS' end,
                case
                    when
                        counted.satisfactory * 100 >= counted.total * 50
                        and counted.satisfactory * 100 < counted.total * 80
                        then 'SATISFACTORY_BELOW_80'
                end,
                case when counted.conflicts > 50 and counted.conflicts <= 100 then 'CONFLICTS_OVER_50' end
            ], null)
            || case when job.severity = 'YELLOW' then job.states else '{}' end as yellow_reasons
        from counted
        cross join ops.v_pipeline_health_at(moment) as job
        where job.job_type = 'scout_attribution_refresh'
    )

    select
        case
            when cardinality(reasons.red_reasons) > 0 then 'FAIL'
            when cardinality(reasons.yellow_reasons) > 0 then 'WARN'
            else 'OK'
        end,
        reasons.red_reasons || reasons.yellow_reasons,
        round(100.0 * reasons.satisfactory / nullif(reasons.total, 0), 2),
        reasons.conflicts,
        reasons.total,
        reasons.satisfactory,
        reasons.job_state,
        reasons.job_severity,
        reasons.last_completed_at,
        moment
    from reasons
$$;
