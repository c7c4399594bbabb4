-- Quality of attribution and state of the refresh. One row.
select health.*
from ops.v_scout_attribution_health as health;
