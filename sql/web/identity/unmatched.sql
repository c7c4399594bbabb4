-- Records that were left without a person, with what they carry. Grain: one record. Filters: source, reason, status,
-- run.
select
    unmatched.*,
    record.name_norm as name,
    record.phone_norm as phone,
    record.license_norm as license,
    record.plate_norm as plate,
    record.scout_id
from ops.v_identity_unmatched as unmatched
left join ops.v_identity_records as record using (source_table, source_pk)
where
    (%(source_table)s::text is null or unmatched.source_table = %(source_table)s::text)
    and (%(reason_code)s::text is null or unmatched.reason_code = %(reason_code)s::text)
    -- as the type of the column, whose index the order follows
    and (%(status)s::text is null or unmatched.status = %(status)s::text::public.unmatchedstatus)
    and (%(run_id)s::integer is null or unmatched.run_id = %(run_id)s::integer);
