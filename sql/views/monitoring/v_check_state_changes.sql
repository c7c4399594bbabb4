-- Every change of state of every check, for the days of the history setting. Grain and key: id.
create or replace view ops.v_check_state_changes as
select
    change.id,
    change.check_name,
    change.severity_old,
    change.state_old,
    change.severity_new,
    change.state_new,
    change.value,
    change.changed_at
from ops.check_state_changes as change;
