-- Number of rows per kind and outcome of a revert.
-- Grain and key: (what, outcome). Reads: revert_report_this_step.
select
    report.what,
    report.outcome,
    count(*) as row_count
from pg_temp.revert_report_this_step as report
group by report.what, report.outcome
order by report.what, report.outcome;
