-- The health of scout attribution at a moment. One row.
select health.*
from ops.v_scout_attribution_health_at(%(moment)s::timestamptz) as health;
