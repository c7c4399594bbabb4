-- The ledger compared with the truth. Grain and key: person_key, for persons in conflict, with a scout, or whom several
-- scouts truly claim. A person is of several humans only through a wrong identity link. `verdict`:
--   CONFLICT             several scouts claim this one human in linked rows: conflict, no scout, nothing payable
--   CONFLICT_MISSED      so they do, and it is not
--   CONFLICT_WRONG       a conflict, and fewer than two scouts claim this one human
--   SCOUT                the scout truly claims the human
--   SCOUT_WRONG          the scout does not, and all rows of the person are one human's
--   CONFLICT_BY_LINK, SCOUT_BY_LINK  several humans in one person: a conflict, or a scout who does not claim them all
with owned as (
    select
        event.person_key,
        truth.human_id,
        case when event.source_table <> 'module_ct_cabinet_leads' then event.scout_id end as scout_id
    from ops.v_lead_events as event
    inner join demo.truth_records as truth
        on truth.source_table = event.source_table and truth.source_pk = event.source_pk
    where event.person_key is not null
    union all
    select
        link.person_key,
        truth.human_id,
        null
    from ops.v_identity_links as link
    inner join demo.truth_drivers as truth on link.source_table = 'drivers' and truth.driver_id = link.source_pk
),

persons as (
    select
        owned.person_key,
        count(distinct coalesce(owned.human_id, -1)) as humans,
        array_agg(distinct owned.human_id) as human_ids,
        count(distinct owned.scout_id) as claims
    from owned
    group by owned.person_key
),

judged as (
    select
        persons.person_key,
        persons.humans,
        persons.claims,
        ledger.attributed_scout_id as scout_id,
        coalesce(ledger.decision_status = 'conflict', false) as is_conflict,
        coalesce(payment.amount_payable > 0, false) as is_payable,
        (
            select count(*) from demo.truth_scouts as truth
            where truth.human_id = any(persons.human_ids) and truth.scout_id = ledger.attributed_scout_id
        ) as humans_of_scout,
        (
            select count(distinct truth.scout_id) from demo.truth_scouts as truth
            where truth.human_id = any(persons.human_ids)
        ) as true_scouts
    from persons
    left join observational.lead_ledger as ledger on ledger.person_key = persons.person_key
    left join ops.v_scout_payment_base as payment on payment.person_key = persons.person_key
),

final as (
    select
        judged.person_key::text as person_key,
        judged.scout_id,
        case
            when judged.humans > 1 and judged.is_conflict then 'CONFLICT_BY_LINK'
            when judged.humans > 1 and judged.humans_of_scout < judged.humans and judged.scout_id is not null
                then 'SCOUT_BY_LINK'
            when judged.humans = 1 and judged.claims > 1
                then case
                    when judged.is_conflict and judged.scout_id is null and not judged.is_payable then 'CONFLICT'
                    else 'CONFLICT_MISSED'
                end
            when judged.humans = 1 and judged.is_conflict then 'CONFLICT_WRONG'
            when judged.humans = 1 and judged.scout_id is not null and judged.humans_of_scout = 0 then 'SCOUT_WRONG'
            when judged.scout_id is not null then 'SCOUT'
        end as verdict
    from judged
)

select final.person_key, final.verdict, final.scout_id, person.primary_full_name as person_name
from final
inner join canon.v_persons as person on person.person_key = final.person_key::uuid
where final.verdict is not null
order by final.verdict, final.person_key;
