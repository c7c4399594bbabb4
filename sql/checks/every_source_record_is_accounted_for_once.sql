-- A source record older than the horizon that is in neither links nor unmatched (OPEN, IGNORED), or in both. Rows of
-- foreign tables and views do not say when they came, and are left out.
-- Key: source_table, source_pk.
select
    source.source_table,
    source.source_pk,
    case
        when source.source_pk is null then 'has no key'
        when link.source_pk is null then 'in neither links nor unmatched'
        else 'in both links and unmatched'
    end as problem
from canon.source_records as source
cross join ops.v_identity_horizon as horizon
left join ops.v_identity_links as link using (source_table, source_pk)
left join ops.v_identity_unmatched as unmatched
    on
        unmatched.source_table = source.source_table
        and unmatched.source_pk = source.source_pk
        and unmatched.status <> 'RESOLVED'
where
    age(source.transaction_id) > age(horizon.oldest_open_transaction)
    and (link.source_pk is null) = (unmatched.source_pk is null);
