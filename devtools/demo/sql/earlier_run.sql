-- A run of an earlier day, as it would have left its row: an identity run read what had arrived since the one before.
-- Grain: one run.
insert into ops.ingestion_runs (job_type, status, started_at, completed_at, heartbeat_at, error_message, stats)
select
    %(job_type)s::public.jobtype,
    case when %(error)s::text is null then 'COMPLETED' else 'FAILED' end::public.runstatus,
    %(started_at)s::timestamptz,
    %(started_at)s::timestamptz + make_interval(secs => %(seconds)s),
    %(started_at)s::timestamptz + make_interval(secs => %(seconds)s),
    %(error)s::text,
    case
        when %(job_type)s = 'identity_run' and %(error)s::text is null then json_build_object(
            'seconds', %(seconds)s,
            'records_read', json_build_object(
                'module_ct_cabinet_leads', (
                    select count(*) from public.module_ct_cabinet_leads as record
                    where record.created_at > span.after and record.created_at <= span.until
                ),
                'module_ct_scouting_daily', (
                    select count(*) from public.module_ct_scouting_daily as record
                    where record.created_at > span.after and record.created_at <= span.until
                ),
                'module_ct_migrations', (
                    select count(*) from public.module_ct_migrations as record
                    where record.created_at > span.after and record.created_at <= span.until
                )
            )
        )
    end
from (
    select
        %(previous_at)s::timestamptz at time zone %(timezone)s as after,
        %(started_at)s::timestamptz at time zone %(timezone)s as until
) as span;
