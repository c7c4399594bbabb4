-- The state of each source at a moment. Grain and key: source_name.
select health.*
from ops.v_data_health_status_at(%(moment)s::timestamptz) as health;
