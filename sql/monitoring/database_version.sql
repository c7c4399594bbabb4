-- The version of Control Tower that prepared this database last, as migrate_schema noted it on Alembic's table. NULL:
-- one that did not note it yet. One row.
select substring(
    obj_description(to_regclass('ops.control_tower_schema_version'), 'pg_class') from '\S+$'
) as database_version;
