-- Write the limits that the health views read, where they differ. One row. Idempotent.
insert into ops.health_settings as written (
    is_only, timezone, country, stuck_after_minutes, no_new_data_days, source_cadence_hours, source_grace_hours,
    source_own_grace_hours, source_zones, source_weekdays
)
values (
    true, %(timezone)s, %(country)s, %(stuck_after_minutes)s, %(no_new_data_days)s, %(source_cadence_hours)s,
    %(source_grace_hours)s, %(source_own_grace_hours)s, %(source_zones)s, %(source_weekdays)s
)
on conflict (is_only) do update
set
    timezone = excluded.timezone,
    country = excluded.country,
    stuck_after_minutes = excluded.stuck_after_minutes,
    no_new_data_days = excluded.no_new_data_days,
    source_cadence_hours = excluded.source_cadence_hours,
    source_grace_hours = excluded.source_grace_hours,
    source_own_grace_hours = excluded.source_own_grace_hours,
    source_zones = excluded.source_zones,
    source_weekdays = excluded.source_weekdays
where
    (
        written.timezone, written.country, written.stuck_after_minutes, written.no_new_data_days,
        written.source_cadence_hours, written.source_grace_hours, written.source_own_grace_hours,
        written.source_zones, written.source_weekdays
    )
    is distinct from (
        excluded.timezone, excluded.country, excluded.stuck_after_minutes, excluded.no_new_data_days,
        excluded.source_cadence_hours, excluded.source_grace_hours, excluded.source_own_grace_hours,
        excluded.source_zones, excluded.source_weekdays
    );
