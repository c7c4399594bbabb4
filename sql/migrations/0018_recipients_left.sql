-- A mail that the server took for some of its recipients waits for the others alone.
alter table ops.alert_deliveries
add column if not exists recipients text[] check (cardinality(recipients) > 0);
