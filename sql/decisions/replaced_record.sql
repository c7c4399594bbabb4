-- What a record and its event said before its row was overwritten, for a decision on it to be undone. One row.
select
    to_jsonb(record) as record,
    to_jsonb(event) as event
from canon.records_index as record
left join observational.lead_events as event using (source_table, source_pk)
where record.source_table = %(source_table)s and record.source_pk = %(source_pk)s;
