-- Persons whose scout the ledger says it is, with what each is worth as of the last refresh. Grain: one person and
-- currency. Filters: the scout, the state of payment, and whether one of the scout's records of the person is in doubt.
select
    brought.person_key,
    (select person.primary_full_name from canon.v_persons as person where person.person_key = brought.person_key)
        as name,
    coalesce(worth.lead_date, worth.attribution_date) as lead_date,
    worth.origin_tag,
    worth.milestone_reached,
    worth.payment_status,
    worth.block_reason,
    worth.amount_payable,
    worth.currency,
    exists(
        select 1 from ops.v_identity_links as link
        inner join ops.v_identity_contested as contested using (source_table, source_pk)
        where link.person_key = brought.person_key
    ) as is_in_doubt
from ops.v_lead_ledger as brought
left join ops.v_scout_liquidation as worth on worth.person_key = brought.person_key
where
    brought.attributed_scout_id = %(scout_id)s::integer
    and (%(payment_status)s::text is null or worth.payment_status = %(payment_status)s::text)
    and (
        %(in_doubt)s::boolean is null
        or exists (
            select 1 from ops.v_identity_links as link
            inner join ops.v_identity_contested as contested using (source_table, source_pk)
            where link.person_key = brought.person_key
        ) = %(in_doubt)s::boolean
    );
