-- What is worth a look about a scout, with its figures; what each signal means and from which figure on it is here is
-- said at ops.v_scout_signal_rows, which has the rows. A signal is no accusation and changes no payment.
-- `records`: its rows; `value_count`: different phones or plates among them; `most_records`: rows of the most frequent
-- one. Of ONE_DAY: `signal_day`, `share` of the scout's records on it, and `others_share` of the records of all other
-- scouts.
-- Grain and key: (scout_id, signal).
create or replace view ops.v_scout_signals as
select
    signal.scout_id,
    scout.raw_name as scout_name,
    signal.signal,
    signal.records,
    signal.value_count,
    signal.most_records,
    signal.signal_day,
    case when signal.signal = 'ONE_DAY' then signal.records::float8 / (
        select count(*) from observational.lead_events as event where event.scout_id = signal.scout_id
    ) end as share,
    case when signal.signal = 'ONE_DAY' then (
        select
            count(*) filter (where event.event_date = signal.signal_day)::float8 / count(*)
        from observational.lead_events as event
        where event.scout_id <> signal.scout_id
    ) end as others_share
from (
    select
        counted.scout_id,
        counted.signal,
        sum(counted.records)::bigint as records,
        count(*) as value_count,
        max(counted.records) as most_records,
        max(counted.signal_day) as signal_day
    from (
        select
            row.scout_id,
            row.signal,
            row.value_number,
            count(*) as records,
            case when row.signal = 'ONE_DAY' then max(row.event_date) end as signal_day
        from ops.v_scout_signal_rows as row
        group by row.scout_id, row.signal, row.value_number
    ) as counted
    group by counted.scout_id, counted.signal
) as signal
left join ops.v_dim_scouts as scout on scout.scout_id = signal.scout_id;
