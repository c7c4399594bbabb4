-- What differs from source to source, by source_name: hours of grace, zone of its stamps, days of the week on which it
-- is loaded (1 is Monday). The country decides on holidays.
alter table ops.health_settings
add column if not exists source_own_grace_hours jsonb not null default '{}',
add column if not exists source_zones jsonb not null default '{}',
add column if not exists source_weekdays jsonb not null default '{}',
add column if not exists country text not null default 'PE';

-- Rows whose stamp was ahead of the clock when they were counted are kept per hour, as written: later they are not
-- ahead any more. NULL: all other rows of the day.
alter table ops.source_days
add column if not exists ahead_hour timestamp,
drop constraint if exists source_days_source_name_metric_type_day_is_settled_key,
add constraint source_days_key unique nulls not distinct (source_name, metric_type, day, ahead_hour, is_settled);

-- Functions whose parameters or columns changed; no view reads them.
drop function if exists ops.count_source(text, integer, integer);
drop function if exists ops.source_days_now();
drop function if exists canon.weights_json(canon.weighed_candidates_this_run);

-- What a mute holds for: the episode, and the states of each check, by check name. NULL: it began before there was a
-- problem, and holds for the first one.
alter table ops.alert_mutes
add column if not exists episode_id bigint references ops.alert_episodes (id) on delete cascade,
add column if not exists states jsonb;
create index if not exists alert_mutes_of_episodes on ops.alert_mutes (episode_id);

-- Rows of each source that arrived on each of the last days, and rows that it had then: the most that was seen.
create table if not exists ops.source_volumes (
    source_name text not null,
    day date not null,
    rows_arrived bigint not null,
    total_rows bigint,
    primary key (source_name, day)
);
