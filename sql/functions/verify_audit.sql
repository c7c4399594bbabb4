-- Verifies everything now: each link of the audit chain with its rows, what stands beside it (ops.audit_strays), and
-- whether the chain still contains the hashes that are given: as mails, heartbeats and task logs showed them, any
-- number, each at least 12 of its 64 digits. Returns what is found:
--   CHAIN_INTACT         every link agrees with its rows; `hash` is the newest
--   LINK_BROKEN          rows of this run, or the link itself, were changed
--   HASH_FOUND           the link that has this hash, and when it was sealed
--   HASH_MISSING         no link has it: the chain was written anew after the hash was sent
--   and the faults of ops.audit_strays
-- Security definer: readers may verify.
create or replace function ops.verify_audit(sent_hashes text default '')
returns table (
    is_intact boolean,
    finding text,
    link_position bigint,
    run_id integer,
    table_name text,
    id bigint,
    hash text,
    sealed_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with broken as (
        select chain.position, chain.run_id
        from ops.v_audit_chain as chain
        where chain.is_intact is not true
    ),

    given as (
        select lower(word.found[1]) as hash
        from regexp_matches(verify_audit.sent_hashes, '[0-9A-Fa-f]{12,64}', 'g') as word (found)
    ),

    newest as (
        select link.position, link.run_id, link.hash, link.sealed_at
        from ops.audit_chain as link
        order by link.position desc
        limit 1
    )

    select
        true,
        'CHAIN_INTACT',
        newest.position,
        newest.run_id,
        null,
        null::bigint,
        encode(newest.hash, 'hex'),
        newest.sealed_at
    from newest
    where not exists (select 1 from broken)
    union all
    select
        false,
        'LINK_BROKEN',
        broken.position,
        broken.run_id,
        null,
        null,
        null,
        null
    from broken
    union all
    select
        false,
        stray.fault,
        stray.position,
        stray.run_id,
        stray.table_name,
        stray.id,
        null,
        null
    from ops.audit_strays as stray
    union all
    select
        link.position is not null,
        case when link.position is null then 'HASH_MISSING' else 'HASH_FOUND' end,
        link.position,
        link.run_id,
        null,
        null,
        coalesce(encode(link.hash, 'hex'), given.hash),
        link.sealed_at
    from given
    left join ops.audit_chain as link on starts_with(encode(link.hash, 'hex'), given.hash)
$$;
