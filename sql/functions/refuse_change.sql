-- Trigger function of append-only tables: refuses UPDATE, DELETE and TRUNCATE. Its triggers are enabled ALWAYS: also
-- under session_replication_role = replica.
create or replace function ops.refuse_change()
returns trigger
language plpgsql
as $$
begin
    raise exception '%.% is append-only: % is refused', tg_table_schema, tg_table_name, tg_op
        using
            errcode = 'restrict_violation',
            hint = 'Write a new row that says what is different; revert_backfill does that for a whole run.';
end
$$;
