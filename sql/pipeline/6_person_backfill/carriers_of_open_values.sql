-- Every record that carries a phone or licence of an open NO_CANDIDATES row to decide, with its person if it has one.
-- `is_mergeable`: that person was created for scouting rows and has no driver account (canon.mergeable_persons).
-- Grain: one row per value and record. Reads: rows_to_decide_this_step.
with open_values as (
    select distinct
        carried.kind,
        carried.value
    from pg_temp.rows_to_decide_this_step as wanted
    inner join canon.identity_unmatched as unmatched using (source_pk)
    inner join canon.records_index as record using (source_table, source_pk)
    cross join lateral (
        values ('phone', record.phone_norm), ('license', record.license_norm)
    ) as carried (kind, value)
    where
        unmatched.source_table = 'module_ct_scouting_daily'
        and unmatched.status = 'OPEN'
        and unmatched.reason_code = 'NO_CANDIDATES'
        and carried.value is not null
),

carriers as (
    select
        open_values.kind,
        open_values.value,
        record.source_table,
        record.source_pk,
        record.name_norm
    from open_values
    inner join canon.records_index as record on open_values.kind = 'phone' and record.phone_norm = open_values.value
    union all
    select
        open_values.kind,
        open_values.value,
        record.source_table,
        record.source_pk,
        record.name_norm
    from open_values
    inner join canon.records_index as record on open_values.kind = 'license' and record.license_norm = open_values.value
)

select
    carriers.kind,
    carriers.value,
    carriers.source_table,
    carriers.source_pk,
    carriers.name_norm,
    link.person_key::text as person_key,
    mergeable.person_key is not null as is_mergeable,
    array(
        select distinct named.name_norm
        from canon.identity_links as other
        inner join canon.records_index as named using (source_table, source_pk)
        where other.person_key = mergeable.person_key and named.name_norm is not null
    ) as person_names
from carriers
left join canon.identity_links as link using (source_table, source_pk)
-- looked up person by person: of persons that the batch before created the planner knows nothing, and would compare
-- each carrier with all of them
left join lateral (
    select found.person_key
    from canon.mergeable_persons as found
    where found.person_key = link.person_key
    offset 0 -- noqa: AM09
) as mergeable on true
order by carriers.kind, carriers.value, carriers.source_table, carriers.source_pk;
