-- Mutes of alerts. Grain: one mute. Filter: those that are over, too.
select mute.*
from ops.v_alert_mutes as mute
where mute.is_in_force or %(include_ended)s::boolean;
