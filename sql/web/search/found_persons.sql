-- Persons of the records and driver accounts that a search found, or the one with this key. Grain: one person, with the
-- records that led to it as positions in the arrays.
with found as (
    select
        link.person_key,
        array_agg(hit.position order by hit.position) as positions
    from unnest(%(source_tables)s::text[], %(source_pks)s::text[]) with ordinality
        as hit (source_table, source_pk, position)
    inner join ops.v_identity_links as link
        on link.source_table = hit.source_table::varchar and link.source_pk = hit.source_pk::varchar
    group by link.person_key
    union all
    select
        person.person_key,
        array[]::bigint[]
    from canon.v_persons as person
    where
        person.person_key = coalesce(
            (select m.survivor_key from ops.v_merged_persons as m where m.person_key = %(person_key)s::uuid),
            %(person_key)s::uuid
        )
)

select
    person.person_key,
    person.primary_full_name as name,
    person.primary_phone as phone,
    person.primary_license as license,
    found.positions,
    ledger.attributed_scout_id as scout_id,
    ledger.decision_status
from found
inner join canon.v_persons as person using (person_key)
left join ops.v_lead_ledger as ledger using (person_key);
