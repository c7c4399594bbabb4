"""Pipeline health: probe → result → episode → delivery.

`probes` measure and return results, `check_history` records them, `grouping` sets their causes, `alert_state` decides
as pure functions which messages are due, `alert_store` writes episodes and queues the messages in one transaction, and
`delivery` sends the queue to the channels. `alert_actions` is what people do about an alert.
"""

from control_tower.monitoring.alert_actions import acknowledge, lift, mute, unmute

__all__ = ["acknowledge", "lift", "mute", "unmute"]
