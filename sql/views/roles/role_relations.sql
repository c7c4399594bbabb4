-- What control_tower_writer may do with our tables, views and sequences. Grain and key: relation_id.
-- is_append_only: rows are added and nothing more; of such a row the database alone says which number it has and when
-- and by whom it was written (writable_columns: the others). is_read_only: written by functions and triggers with their
-- owner's right, by migrate_schema, or by pipelines that own the tables.
create or replace view ops.role_relations as
select
    relation.oid as relation_id,
    relation.relname as relation_name,
    relation.relkind as kind,
    relation.relpersistence as persistence,
    format('%I.%I', schema.nspname, relation.relname) as name,
    relation.oid in (
        select guard.tgrelid from pg_trigger as guard where guard.tgname = 'append_only'
    ) as is_append_only,
    schema.nspname = 'ops' and relation.relname = any(array[
        'audit_chain', 'audit_verifications', 'job_runs_audit', 'control_tower_schema_version',
        'earlier_audit_runs', 'earlier_ledger_rows', 'deferred_indexes'
    ]) as is_read_only,
    array(
        select attribute.attname::text
        from pg_attribute as attribute
        where
            attribute.attrelid = relation.oid
            and attribute.attnum > 0
            and not attribute.attisdropped
            and attribute.attname <> all(array['id', 'seen_at', 'written_by', 'written_at'])
        order by attribute.attnum
    ) as writable_columns
from pg_class as relation
inner join pg_namespace as schema on schema.oid = relation.relnamespace
where schema.nspname in ('canon', 'observational', 'ops');
