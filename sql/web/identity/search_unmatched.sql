-- Open or ignored records without a person that carry a value. Grain: one record. One of the keys is given. A name
-- matches when all of its words are there (`patterns`: the same words, for a quick look before the exact one).
select
    unmatched.*,
    record.name_norm as name,
    record.phone_norm as phone,
    record.license_norm as license,
    record.plate_norm as plate,
    record.scout_id
from ops.v_identity_records as record
inner join ops.v_identity_unmatched as unmatched using (source_table, source_pk)
where
    unmatched.status in ('OPEN', 'IGNORED')
    and (
        record.phone_norm = %(phone)s::text
        or record.license_norm = %(license)s::text
        or record.plate_norm = %(plate)s::text
        or record.driver_id = %(driver_id)s::text
        or (
            record.name_norm like all(%(patterns)s::text[])
            and string_to_array(record.name_norm, ' ') @> %(words)s::text[]
        )
    )
order by unmatched.created_at desc, unmatched.source_table, unmatched.source_pk
limit %(most)s::integer;
