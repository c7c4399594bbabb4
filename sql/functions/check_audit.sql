-- Verifies the part of the audit chain that is due (ops.v_audit_chain_due) and what stands beside it
-- (ops.audit_strays), returns the faults, and notes the verification where there are none.
-- Security definer: the pipeline role cannot note a verification itself, nor put one off.
create or replace function ops.check_audit()
returns table (
    fault text,
    table_name text,
    id bigint,
    run_id integer,
    part text,
    audit_rows bigint,
    audit_rows_found bigint
)
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    newest constant bigint := coalesce((select max(link.position) from ops.audit_chain as link), 0);
    is_full boolean;
    verified bigint;
begin
    select due.is_full_due, due.position into is_full, verified from ops.audit_verification_due as due;
    return query
    select
        'LINK_BROKEN',
        null::text,
        due.position,
        due.run_id,
        due.part,
        due.audit_rows,
        due.audit_rows_found
    from ops.v_audit_chain_due as due
    where due.is_intact is not true
    union all
    select
        stray.fault,
        stray.table_name,
        stray.id,
        stray.run_id,
        null,
        null,
        null
    from ops.audit_strays as stray;
    -- a link that was added meanwhile is verified next time
    if not found and (is_full or newest > verified) and not current_setting('transaction_read_only')::boolean then
        insert into ops.audit_verifications (up_to_position, is_full, verified_at)
        values (newest, is_full, clock_timestamp());
    end if;
end
$$;
