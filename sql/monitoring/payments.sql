-- Payments of the partner without a claim and without an explanation: their number and the largest three. One row.
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
            where open.explained_at is null
            order by open.expected_amount desc nulls last, open.payment_key
            limit 3
        ) as largest
    ) as sample
from ops.v_payments_without_claim as payment
where payment.explained_at is null;
