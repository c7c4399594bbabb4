-- How many payments of the partner belong to no claim now, and the largest three. One row.
select
    count(*) as payments_count,
    (
        select coalesce(jsonb_agg(to_jsonb(largest)), '[]')
        from (
            select
                open.driver_id,
                open.milestone_value,
                open.expected_amount,
                open.currency,
                open.reason_code
            from ops.v_payments_without_claim as open
            order by open.expected_amount desc nulls last, open.payment_key
            limit 3
        ) as largest
    ) as sample
from ops.v_payments_without_claim;
