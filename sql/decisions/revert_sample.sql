-- The first rows of a revert: restored rows first, newest effect first. Reads: revert_report_this_step.
select
    report.what,
    report.source_table,
    report.source_pk,
    report.person_key::text as person_key,
    report.outcome,
    report.before,
    report.after
from pg_temp.revert_report_this_step as report
order by report.outcome <> 'reverted', report.outcome, report.position
limit %(sample_size)s;
