-- A new version of the weights, which waits for the next run of identity_ingestion. One row: its number.
insert into canon.weights_versions (weights, created_at, created_by, reason)
values (%(weights)s, %(decided_at)s, %(decided_by)s, %(reason)s)
returning version;
