-- Persons one of whose records or driver accounts carries a value. Grain: one person; the records that matched are
-- named. One of the keys is given. A name matches when all of its words are there (`patterns`: the same words, for a
-- quick look before the exact one). `is_cut`: more records matched than were looked at.
with records as (
    select
        record.source_table,
        record.source_pk
    from ops.v_identity_records as record
    where
        record.phone_norm = %(phone)s::text
        or record.license_norm = %(license)s::text
        or record.plate_norm = %(plate)s::text
        or record.driver_id = %(driver_id)s::text
        or (
            record.name_norm like all(%(patterns)s::text[])
            and string_to_array(record.name_norm, ' ') @> %(words)s::text[]
        )
    order by record.source_table, record.source_pk
    limit %(most_records)s::integer
),

accounts as (
    select
        'drivers'::varchar as source_table,
        account.driver_id as source_pk
    from ops.v_driver_accounts as account
    where
        account.phone_norm = %(phone)s::text
        or account.license_norm = %(license)s::text
        or account.plate_norm = %(plate)s::text
        or account.driver_id = %(driver_id)s::text
        or (
            account.full_name_norm like all(%(patterns)s::text[])
            and string_to_array(account.full_name_norm, ' ') @> %(words)s::text[]
        )
    order by account.driver_id
    limit %(most_records)s::integer
),

found as (
    select * from records
    union all
    select * from accounts
),

persons as (
    select
        link.person_key,
        array_agg(found.source_table || ' ' || found.source_pk order by found.source_table, found.source_pk) as found_in
    from found
    inner join ops.v_identity_links as link using (source_table, source_pk)
    group by link.person_key
    order by link.person_key
    limit %(most)s::integer
)

select
    person.person_key,
    person.primary_full_name as name,
    person.primary_phone as phone,
    person.primary_license as license,
    persons.found_in,
    ledger.attributed_scout_id as scout_id,
    ledger.decision_status,
    %(most_records)s::integer in ((select count(*) from records), (select count(*) from accounts)) as is_cut
from persons
inner join canon.v_persons as person using (person_key)
left join ops.v_lead_ledger as ledger using (person_key)
order by person.person_key;
