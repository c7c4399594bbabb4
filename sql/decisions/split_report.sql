-- What a split does, row by row: what returns to which person, what is decided again, and what is left alone because it
-- is elsewhere by now. Ledger rows come with the state before and after.
-- Grain: one row. Reads: split_this_step, split_records_this_step, split_changes_this_step, split_ledgers_this_step.
with changes as (
    select
        'link' as what,
        change.source_table,
        change.source_pk,
        case
            when change.part = 'moved' then 'returns'
            when change.part = 'own' then 'restored'
            else 'decided again'
        end as outcome,
        change.survivor_key as from_person,
        case
            when change.part = 'moved' then change.person_key
            when change.part = 'own' then change.survivor_key
        end as to_person,
        jsonb_build_object('match_rule', change.link -> 'match_rule') as before,
        case when not change.is_unlinked then jsonb_build_object('match_rule', change.restored -> 'match_rule') end
            as after
    from split_changes_this_step as change
    where change.part <> 'own' or change.restored -> 'match_rule' <> change.link -> 'match_rule'
),

kept as (
    select
        'link' as what,
        record.source_table,
        record.source_pk,
        'left alone' as outcome,
        split.survivor_key as from_person,
        split.survivor_key as to_person,
        jsonb_build_object('match_rule', link.match_rule) as before,
        null::jsonb as after
    from split_records_this_step as record
    cross join split_this_step as split
    inner join canon.identity_links as link on link.id = record.id
    where record.part <> 'own' and record.part <> 'of another' and not record.is_undecided
),

ledgers as (
    select
        'ledger' as what,
        null as source_table,
        null as source_pk,
        'restored' as outcome,
        change.person_key as from_person,
        change.person_key as to_person,
        change.before - 'evidence_json' as before,
        change.after - 'evidence_json' as after
    from split_ledgers_this_step as change
),

final as (
    select * from changes
    union all
    select * from kept
    union all
    select * from ledgers
)

select
    final.what,
    final.source_table,
    final.source_pk,
    final.outcome,
    final.from_person::text as from_person,
    final.to_person::text as to_person,
    final.before,
    final.after
from final
order by final.what desc, final.outcome desc, final.source_table, final.source_pk, final.to_person;
