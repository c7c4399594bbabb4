-- Lines of statements: one milestone of one person that is paid (EARNED), or what a later period corrects (CORRECTION).
-- reason_code of a correction: LATE it was due in an earlier period and in no statement; AMOUNT_CHANGED the difference;
-- SCOUT_CHANGED taken from one scout, or given to the other; NO_LONGER_DUE taken back; DUE_AGAIN had been taken back.
-- corrects_line_id is the line that it corrects, of the period corrects_period_start to corrects_period_end; NULL:
-- nothing was stated before. person_key is the person as stated; the name is that of the person now.
-- Grain and key: line_id. Lines of one statement are read by an index, in order of line_id.
create or replace view ops.v_scout_statement_lines as
select
    line.id as line_id,
    line.statement_id,
    statement.period_id,
    period.period_start,
    period.period_end,
    statement.scout_id,
    statement.currency,
    line.kind,
    line.reason_code,
    line.corrects_line_id,
    corrected_period.period_start as corrects_period_start,
    corrected_period.period_end as corrects_period_end,
    line.person_key,
    (
        select person.primary_full_name
        from canon.identity_registry as person
        where
            person.person_key = coalesce(
                (select a.survivor_key from canon.identity_aliases as a where a.person_key = line.person_key),
                line.person_key
            )
    ) as person_name,
    line.driver_id,
    line.origin_tag,
    line.milestone_trips,
    line.lead_date,
    line.achieved_date,
    line.payable_date,
    line.amount
from ops.scout_statement_lines as line
inner join ops.scout_statements as statement on statement.id = line.statement_id
inner join ops.liquidation_periods as period on period.id = statement.period_id
left join ops.scout_statement_lines as corrected on corrected.id = line.corrects_line_id
left join ops.scout_statements as corrected_statement on corrected_statement.id = corrected.statement_id
left join ops.liquidation_periods as corrected_period on corrected_period.id = corrected_statement.period_id;
