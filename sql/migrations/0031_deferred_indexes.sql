-- Indexes and foreign keys that a first load dropped, until the run builds them after the rows (canon.defer_indexes).
-- Only the owner of the tables writes here, because the statements are carried out with his rights.
create table if not exists ops.deferred_indexes (
    table_name text not null,
    definition text not null,
    primary key (table_name, definition)
);

-- has one parameter more now
drop function if exists canon.defer_indexes(regclass, bigint, boolean);
