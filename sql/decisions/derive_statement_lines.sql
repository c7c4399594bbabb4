-- The lines of the period %(period_start)s to %(period_end)s: what is due now minus what closed statements hold, so
-- that all lines together are what is due. Due is a milestone of canon.scout_payment_milestones that is payable by the
-- end of the period, since the first closed one began or already stated at some time; what is stated now stays due when
-- its payable date moves. Lines of a merged person are those of the person it was merged into. Leaves:
-- statement_lines_this_step, grain and key: (person_key, rule_id, scout_id, currency), and statements_this_step, grain
-- and key: (scout_id, currency). Reads only; after closing it derives nothing.
create temporary table statement_lines_this_step on commit drop as
with stated as (
    select
        coalesce(alias.survivor_key, line.person_key) as person_key,
        line.rule_id,
        statement.scout_id,
        statement.currency,
        sum(line.amount) as amount,
        max(line.id) as newest_line_id
    from ops.scout_statement_lines as line
    inner join ops.scout_statements as statement on statement.id = line.statement_id
    left join canon.identity_aliases as alias on alias.person_key = line.person_key
    group by coalesce(alias.survivor_key, line.person_key), line.rule_id, statement.scout_id, statement.currency
),

-- one pass over all that is due and all that is stated: nearly all of it agrees
compared as (
    select
        due.person_key is not null as is_due,
        coalesce(due.person_key, stated.person_key) as person_key,
        coalesce(due.rule_id, stated.rule_id) as rule_id,
        coalesce(due.scout_id, stated.scout_id) as scout_id,
        coalesce(due.currency, stated.currency) as currency,
        due.origin_tag,
        due.milestone_trips,
        due.driver_id,
        due.lead_date,
        due.achieved_date,
        due.payable_date,
        stated.newest_line_id,
        stated.amount as stated_amount,
        coalesce(due.amount, 0) - coalesce(stated.amount, 0) as difference
    from canon.scout_payment_milestones as due
    full join stated
        on
            stated.person_key = due.person_key
            and stated.rule_id = due.rule_id
            and stated.scout_id = due.scout_id
            and stated.currency = due.currency
    where coalesce(due.amount, 0) <> coalesce(stated.amount, 0)
),

earlier as (
    select
        stated.person_key,
        stated.rule_id,
        coalesce(bool_or(stated.amount <> 0), false) as is_stated,
        max(stated.newest_line_id) filter (where stated.amount <> 0) as newest_line_id,
        min(stated.scout_id) filter (where stated.amount <> 0) as scout_id
    from stated
    where (stated.person_key, stated.rule_id) in (select c.person_key, c.rule_id from compared as c where c.is_due)
    group by stated.person_key, stated.rule_id
),

added as (
    select
        compared.*,
        case
            when coalesce(compared.stated_amount, 0) = 0 and earlier.is_stated
                then case when earlier.scout_id <> compared.scout_id then 'SCOUT_CHANGED' else 'AMOUNT_CHANGED' end
            when compared.stated_amount <> 0 then 'AMOUNT_CHANGED'
            when compared.stated_amount = 0 then 'DUE_AGAIN'
            when compared.payable_date < %(period_start)s::date then 'LATE'
        end as reason_code,
        case
            when coalesce(compared.stated_amount, 0) = 0 and earlier.is_stated then earlier.newest_line_id
            else compared.newest_line_id
        end as corrects_line_id
    from compared
    left join earlier on earlier.person_key = compared.person_key and earlier.rule_id = compared.rule_id
    where
        compared.is_due
        and (
            earlier.is_stated
            or (
                compared.payable_date <= %(period_end)s::date
                and (
                    earlier.rule_id is not null
                    or compared.payable_date >= least(
                        %(period_start)s::date, (select min(period.period_start) from ops.liquidation_periods as period)
                    )
                )
            )
        )
),

taken_back as (
    select
        compared.*,
        case
            when due.rule_id is null then 'NO_LONGER_DUE'
            when due.scout_id <> compared.scout_id then 'SCOUT_CHANGED'
            else 'AMOUNT_CHANGED'
        end as reason_code
    from compared
    left join canon.scout_payment_milestones as due
        on due.person_key = compared.person_key and due.rule_id = compared.rule_id
    where not compared.is_due
)

select
    added.scout_id,
    added.currency,
    case when added.reason_code is null then 'EARNED' else 'CORRECTION' end as kind,
    added.reason_code,
    added.corrects_line_id,
    added.person_key,
    added.rule_id,
    added.origin_tag,
    added.milestone_trips,
    added.driver_id,
    added.lead_date,
    added.achieved_date,
    added.payable_date,
    added.difference as amount
from added
union all
select
    taken_back.scout_id,
    taken_back.currency,
    'CORRECTION',
    taken_back.reason_code,
    taken_back.newest_line_id,
    taken_back.person_key,
    taken_back.rule_id,
    line.origin_tag,
    line.milestone_trips,
    line.driver_id,
    line.lead_date,
    line.achieved_date,
    line.payable_date,
    taken_back.difference
from taken_back
inner join ops.scout_statement_lines as line on line.id = taken_back.newest_line_id;

create temporary table statements_this_step on commit drop as
select
    line.scout_id,
    line.currency,
    sum(line.amount) as amount,
    count(*) as line_count,
    count(line.reason_code) as correction_count
from statement_lines_this_step as line
group by line.scout_id, line.currency;
