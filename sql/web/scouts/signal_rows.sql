-- The records and accounts behind the signals of a scout. Grain: one record or account and signal. Filters: the scout,
-- the signal.
select
    row.signal,
    row.value_number,
    row.source_table,
    row.source_pk,
    row.event_date,
    row.person_key,
    (select person.primary_full_name from canon.v_persons as person where person.person_key = row.person_key) as name
from ops.v_scout_signal_rows as row
where
    row.scout_id = %(scout_id)s::integer
    and (%(signal)s::text is null or row.signal = %(signal)s::text);
