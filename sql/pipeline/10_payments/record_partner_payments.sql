-- The rows of the partner's payments as the source has them now, into canon.partner_payments: rows that are new or
-- differ are written, rows that are gone stay as they were last seen. What stood under one id and stands under another
-- with the same content (a table reloaded with new numbers) is the same payment, one for one, those with the same paid
-- milestones first: it is not gone. Then whether what is in canon.payments_without_claim is still paid.
-- Grain and key: payment_id. Leaves new_payments and moved_payments. Repeatable.
drop table if exists new_payments, moved_payments;

create temporary table new_payments on commit drop as
select
    payment.*,
    kept.payment_id is null as is_first_seen,
    row(payment.pay_date, payment.pay_time, payment.driver_name)::text as content,
    case
        when kept.payment_id is not null then row(kept.pay_date, kept.pay_time, kept.driver_name)::text
    end as kept_content,
    row(kept.is_paid_1, kept.is_paid_5, kept.is_paid_25)::text as kept_paid
from (
    select distinct on (source.payment_id)
        source.payment_id,
        source.pay_date::date as pay_date,
        source.pay_time::time as pay_time,
        source.scout_id,
        source.driver_name,
        source.is_paid_1,
        source.is_paid_5,
        source.is_paid_25,
        source.driver_id,
        source.person_key
    from canon.source_cabinet_payments as source
    where source.payment_id is not null
    order by source.payment_id
) as payment
left join canon.partner_payments as kept on kept.payment_id = payment.payment_id
where
    (payment.pay_date, payment.pay_time, payment.scout_id, payment.driver_name, payment.driver_id, payment.person_key)
    is distinct from
    (kept.pay_date, kept.pay_time, kept.scout_id, kept.driver_name, kept.driver_id, kept.person_key)
    or (payment.is_paid_1, payment.is_paid_5, payment.is_paid_25)
    is distinct from (kept.is_paid_1, kept.is_paid_5, kept.is_paid_25);

create temporary table moved_payments on commit drop as
with content as (
    select
        true as is_new,
        payment.payment_id,
        payment.content,
        row(payment.is_paid_1, payment.is_paid_5, payment.is_paid_25)::text as paid
    from new_payments as payment
    where payment.content is distinct from payment.kept_content
    union all
    select
        false,
        payment.payment_id,
        payment.kept_content,
        payment.kept_paid
    from new_payments as payment
    where payment.content <> payment.kept_content
    union all
    select
        false,
        kept.payment_id,
        row(kept.pay_date, kept.pay_time, kept.driver_name)::text,
        row(kept.is_paid_1, kept.is_paid_5, kept.is_paid_25)::text
    from canon.partner_payments as kept
    left join canon.source_cabinet_payments as source on source.payment_id = kept.payment_id
    where source.payment_id is null and exists (select 1 from new_payments)
),

equals as (
    select
        content.*,
        row_number() over (partition by content.is_new, content.content, content.paid order by content.payment_id)
            as place
    from content
),

of_equals as (
    select
        gone.payment_id,
        first_seen.payment_id as new_payment_id
    from equals as gone
    inner join equals as first_seen using (content, paid, place)
    where first_seen.is_new and not gone.is_new
),

others as (
    select
        content.*,
        row_number() over (partition by content.is_new, content.content order by content.payment_id) as place
    from content
    left join (
        select of_equals.payment_id from of_equals
        union all
        select of_equals.new_payment_id from of_equals
    ) as done on done.payment_id = content.payment_id
    where done.payment_id is null
)

select of_equals.*
from of_equals
union all
select
    gone.payment_id,
    first_seen.payment_id
from others as gone
inner join others as first_seen using (content, place)
where first_seen.is_new and not gone.is_new;

update canon.payments_without_claim as open set
    payment_id = moved.new_payment_id,
    payment_key = reported.payment_key
from moved_payments as moved
inner join ops.v_yango_payments_raw_current as reported on reported.source_pk = moved.new_payment_id
where open.payment_id = moved.payment_id and reported.milestone_value = open.milestone_value;

delete from canon.partner_payments as kept
using moved_payments as moved
where
    kept.payment_id = moved.payment_id
    and not exists (select 1 from new_payments as payment where payment.payment_id = kept.payment_id);

-- UPDATE then INSERT: ON CONFLICT probes the index in random order (ADR 13)
update canon.partner_payments as kept set
    pay_date = payment.pay_date,
    pay_time = payment.pay_time,
    scout_id = payment.scout_id,
    driver_name = payment.driver_name,
    is_paid_1 = payment.is_paid_1,
    is_paid_5 = payment.is_paid_5,
    is_paid_25 = payment.is_paid_25,
    driver_id = payment.driver_id,
    person_key = payment.person_key,
    seen_at = run.as_of
from new_payments as payment
cross join ops.run_settings(%(run_id)s::integer) as run
where kept.payment_id = payment.payment_id and not payment.is_first_seen;

insert into canon.partner_payments (
    payment_id, pay_date, pay_time, scout_id, driver_name, is_paid_1, is_paid_5, is_paid_25, driver_id, person_key,
    seen_at
)
select
    payment.payment_id,
    payment.pay_date,
    payment.pay_time,
    payment.scout_id,
    payment.driver_name,
    payment.is_paid_1,
    payment.is_paid_5,
    payment.is_paid_25,
    payment.driver_id,
    payment.person_key,
    run.as_of
from new_payments as payment
cross join ops.run_settings(%(run_id)s::integer) as run
where payment.is_first_seen
order by payment.payment_id;

update canon.payments_without_claim as open set is_paid = seen.is_paid
from (
    select
        kept.payment_id,
        milestone.milestone_value,
        milestone.is_paid
    from canon.partner_payments as kept
    cross join lateral (
        values (1, kept.is_paid_1), (5, kept.is_paid_5), (25, kept.is_paid_25)
    ) as milestone (milestone_value, is_paid)
) as seen
where
    seen.payment_id = open.payment_id
    and seen.milestone_value = open.milestone_value
    and open.is_paid <> seen.is_paid;
