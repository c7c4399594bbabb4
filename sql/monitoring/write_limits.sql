-- Write the limits that the health views read, where they differ. One row. Idempotent.
insert into ops.health_settings as written (
    is_only, timezone, stuck_after_minutes, no_new_data_days, source_cadence_hours, source_grace_hours
)
values (
    true, %(timezone)s, %(stuck_after_minutes)s, %(no_new_data_days)s, %(source_cadence_hours)s, %(source_grace_hours)s
)
on conflict (is_only) do update
set
    timezone = excluded.timezone,
    stuck_after_minutes = excluded.stuck_after_minutes,
    no_new_data_days = excluded.no_new_data_days,
    source_cadence_hours = excluded.source_cadence_hours,
    source_grace_hours = excluded.source_grace_hours
where
    (
        written.timezone, written.stuck_after_minutes, written.no_new_data_days, written.source_cadence_hours,
        written.source_grace_hours
    )
    is distinct from (
        excluded.timezone, excluded.stuck_after_minutes, excluded.no_new_data_days, excluded.source_cadence_hours,
        excluded.source_grace_hours
    );
