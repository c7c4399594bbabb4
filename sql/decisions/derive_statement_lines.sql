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

stated_milestones as (
    select
        stated.person_key,
        stated.rule_id,
        coalesce(bool_or(stated.amount <> 0), false) as is_stated,
        max(stated.newest_line_id) filter (where stated.amount <> 0) as newest_line_id,
        min(stated.scout_id) filter (where stated.amount <> 0) as scout_id
    from stated
    group by stated.person_key, stated.rule_id
),

due as (
    select
        milestone.*,
        coalesce(earlier.is_stated, false) as is_stated,
        earlier.newest_line_id,
        earlier.scout_id as stated_scout_id
    from canon.scout_payment_milestones as milestone
    left join stated_milestones as earlier
        on earlier.person_key = milestone.person_key and earlier.rule_id = milestone.rule_id
    where
        earlier.is_stated
        or (
            milestone.payable_date <= %(period_end)s::date
            and (
                earlier.rule_id is not null
                or milestone.payable_date >= least(
                    %(period_start)s::date, (select min(period.period_start) from ops.liquidation_periods as period)
                )
            )
        )
),

added as (
    select
        due.*,
        case
            when coalesce(stated.amount, 0) = 0 and due.is_stated
                then case when due.stated_scout_id <> due.scout_id then 'SCOUT_CHANGED' else 'AMOUNT_CHANGED' end
            when stated.amount <> 0 then 'AMOUNT_CHANGED'
            when stated.amount = 0 then 'DUE_AGAIN'
            when due.payable_date < %(period_start)s::date then 'LATE'
        end as reason_code,
        case
            when coalesce(stated.amount, 0) = 0 and due.is_stated then due.newest_line_id else stated.newest_line_id
        end as corrects_line_id,
        due.amount - coalesce(stated.amount, 0) as difference
    from due
    left join stated
        on
            stated.person_key = due.person_key
            and stated.rule_id = due.rule_id
            and stated.scout_id = due.scout_id
            and stated.currency = due.currency
    where due.amount <> coalesce(stated.amount, 0)
),

taken_back as (
    select
        stated.person_key,
        stated.rule_id,
        stated.scout_id,
        stated.currency,
        stated.newest_line_id as corrects_line_id,
        -stated.amount as difference,
        case
            when due.rule_id is null then 'NO_LONGER_DUE'
            when due.scout_id <> stated.scout_id then 'SCOUT_CHANGED'
            else 'AMOUNT_CHANGED'
        end as reason_code
    from stated
    left join due on due.person_key = stated.person_key and due.rule_id = stated.rule_id
    where
        stated.amount <> 0
        and (due.scout_id, due.currency) is distinct from (stated.scout_id, stated.currency)
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
    taken_back.corrects_line_id,
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
inner join ops.scout_statement_lines as line on line.id = taken_back.corrects_line_id;

create temporary table statements_this_step on commit drop as
select
    line.scout_id,
    line.currency,
    sum(line.amount) as amount,
    count(*) as line_count,
    count(line.reason_code) as correction_count
from statement_lines_this_step as line
group by line.scout_id, line.currency;
