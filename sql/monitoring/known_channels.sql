-- The channels that were configured at the last health check or lately before it. Grain and key: channel.
select known.subject as channel
from ops.check_states as known
where known.check_name like 'channel.%%' and known.state <> 'NOT_CONFIGURED'
union
select split_part(change.check_name, '.', 2) as channel
from ops.check_state_changes as change
where
    change.check_name like 'channel.%%'
    and change.state_old <> 'NOT_CONFIGURED'
    and change.changed_at > %(moment)s::timestamptz - %(longest)s::interval;
