"""Pipeline health: checks → results → episodes → deliveries, four things in four places.

`probes` looks and returns results; `record` keeps them; `episodes` decides, as a pure function, what is worth a
message; `incidents` carries that out and queues the messages in the same transaction; `delivery` sends what is queued,
by `channels`. What humans do about an alert is in `tx`.
"""

from control_tower.monitoring.alert_actions import acknowledge, mute, unmute

__all__ = ["acknowledge", "mute", "unmute"]
