-- Scouts that the source gave for a record and took back, so that the event follows; a scout of other origin stays.
alter table canon.records_index add column if not exists withdrawn_scout_ids integer[];

-- Claims of records without a date, which have no event.
create index if not exists records_index_undated_claims on canon.records_index (source_table, source_pk)
where event_date is null and scout_id is not null;

-- Ledger rows with a scout or decision that neither events nor human decisions explained when this table was made:
-- those of earlier programs. Filled once; a row that is written by hand later is found by not being here.
create table if not exists ops.earlier_ledger_rows (
    person_key uuid primary key,
    attributed_scout_id integer,
    attribution_rule varchar
);
insert into ops.earlier_ledger_rows (person_key, attributed_scout_id, attribution_rule)
select
    ledger.person_key,
    ledger.attributed_scout_id,
    ledger.attribution_rule
from observational.lead_ledger as ledger
where
    case
        when ledger.attribution_rule = 'MANUAL' then not exists (
            select 1 from ops.human_decisions as decision
            where decision.person_key = ledger.person_key and decision.after ? 'ledger'
        )
        else ledger.attributed_scout_id <> all(coalesce(ledger.event_scout_ids, '{}'))
    end
order by ledger.person_key
on conflict do nothing;
