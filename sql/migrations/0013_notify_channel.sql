-- A third channel of alerts: any address or notifier by the connection control_tower_notify.

alter table ops.alert_deliveries drop constraint if exists alert_deliveries_channel_check;
alter table ops.alert_deliveries add constraint alert_deliveries_channel_check check (
    channel in ('mail', 'slack', 'notify')
);
