-- The channels that the last health check found configured, and those that one found so lately. Grain and key: channel.
select kept.subject as channel
from ops.check_states as kept
where kept.check_name like 'channel.%%' and kept.state <> 'NOT_CONFIGURED'
union
select split_part(change.check_name, '.', 2) as channel
from ops.check_state_changes as change
where
    change.check_name like 'channel.%%'
    and change.state_old <> 'NOT_CONFIGURED'
    and change.changed_at > %(moment)s::timestamptz - %(longest)s::interval;
