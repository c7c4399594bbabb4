-- Lets the next refresh take no materialised view for unchanged: the server does not count what an open transaction
-- writes. Only in a transaction that is rolled back. Repeatable.
update ops.materialised_view_refreshes as refreshed set local_day = '-infinity';
