-- What the server had counted of the tables that a check reads, from before the check: while it is the same, the result
-- is, too.
alter table ops.check_results add column if not exists writes_seen text;
