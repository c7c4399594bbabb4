-- Undo a merge, part 3: the ledger. Both rows become what they were before the merge; the next attribution run derives
-- both persons again. If the merge did not keep the survivor's row, a scout that no event of the survivor names came
-- from the retired person, and the row is derived anew. A row that a human holds is not touched.
-- Grain and key: person_key. Reads: split_this_step. Leaves: split_ledgers_this_step.
create temporary table split_ledgers_this_step on commit drop as
select
    person.person_key,
    to_jsonb(ledger) as before,
    case
        when person.role = 'retired' then nullif(split.moved -> 'ledger', 'null')
        when split.survivor_state is not null then nullif(split.survivor_state -> 'ledger', 'null')
        when
            ledger.attributed_scout_id is null
            or exists (
                select 1 from observational.lead_events as event
                where event.person_key = person.person_key and event.scout_id = ledger.attributed_scout_id
            )
            then to_jsonb(ledger)
    end as after
from split_this_step as split
cross join lateral (values ('retired', split.person_key), ('survivor', split.survivor_key)) as person (role, person_key)
left join observational.lead_ledger as ledger on ledger.person_key = person.person_key
where ledger.attribution_rule is distinct from 'MANUAL';

insert into ops.lead_ledger_scout_backfill_audit (
    person_key, old_attributed_scout_id, new_attributed_scout_id, attribution_rule_old, attribution_rule_new,
    attribution_confidence_old, attribution_confidence_new, attribution_source, evidence_json_old, evidence_json_new,
    backfill_method, backfill_timestamp, notes
)
select
    change.person_key,
    (change.before ->> 'attributed_scout_id')::integer,
    (change.after ->> 'attributed_scout_id')::integer,
    change.before ->> 'attribution_rule',
    change.after ->> 'attribution_rule',
    change.before ->> 'confidence_level',
    change.after ->> 'confidence_level',
    coalesce(change.after ->> 'attributed_source', change.before ->> 'attributed_source'),
    nullif(change.before -> 'evidence_json', 'null'),
    nullif(change.after -> 'evidence_json', 'null'),
    'SPLIT',
    %(decided_at)s::timestamptz,
    %(notes)s
from split_ledgers_this_step as change
where change.before is distinct from change.after
order by change.person_key;

delete from observational.lead_ledger as ledger
using split_ledgers_this_step as change
where ledger.person_key = change.person_key and change.before is distinct from change.after;

insert into observational.lead_ledger
select (jsonb_populate_record(null::observational.lead_ledger, change.after)).* -- noqa: AM04
from split_ledgers_this_step as change
where change.after is not null and change.before is distinct from change.after;

insert into canon.attribution_queue (person_key)
select person.person_key
from split_this_step as split
cross join lateral (values (split.person_key), (split.survivor_key)) as person (person_key)
on conflict do nothing;
