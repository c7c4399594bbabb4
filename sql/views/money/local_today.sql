-- Today in the zone of the settings, whatever the zone of the session that asks. One row.
create or replace view canon.local_today as
select (now() at time zone zone.timezone)::date as today
from ops.local_time_zone as zone;
