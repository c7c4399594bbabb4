-- Takes off canon.check_queue what was checked: these rows, and where there were too many, all up to the newest of
-- then.
delete from canon.check_queue as queue
where queue.id = any(%(ids)s::bigint[]) or queue.id <= %(up_to)s::bigint;
