-- Which rows that refresh_partner_claims deleted and wrote are one claim: those of one account, milestone and currency,
-- else of one person and milestone. Reads gone_claims and new_claims. Leaves claim_pairs: was, the row_address of a
-- deleted row, and now, the ctid of a written one; NULL: there is none. Repeatable.
drop table if exists claim_pairs;

create temporary table claim_pairs on commit drop as
with of_account as (
    select distinct on (gone.row_address)
        gone.row_address as was,
        written.ctid as now
    from gone_claims as gone
    inner join new_claims as written
        on
            written.driver_id = gone.driver_id
            and written.milestone_value = gone.milestone_value
            and written.currency = coalesce(gone.currency, written.currency)
    order by gone.row_address, written.currency
),

others_gone as (
    select
        gone.row_address as was,
        coalesce(gone.person_key::text, gone.driver_id) as person,
        gone.milestone_value,
        row_number() over (
            partition by coalesce(gone.person_key::text, gone.driver_id), gone.milestone_value
            order by gone.currency, gone.driver_id
        ) as place
    from gone_claims as gone
    left join of_account on of_account.was = gone.row_address
    where of_account.was is null
),

others_written as (
    select
        written.ctid as now,
        coalesce(written.person_key::text, written.driver_id) as person,
        written.milestone_value,
        row_number() over (
            partition by coalesce(written.person_key::text, written.driver_id), written.milestone_value
            order by written.currency, written.driver_id
        ) as place
    from new_claims as written
    left join of_account on of_account.now = written.ctid
    where of_account.now is null
)

select * from of_account
union all
select
    others_gone.was,
    others_written.now
from others_gone
full join others_written using (person, milestone_value, place);
