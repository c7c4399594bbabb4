-- How many records are without a person, per reason. Filters: source, status.
select
    unmatched.reason_code,
    count(*) as records
from ops.v_identity_unmatched as unmatched
where
    (%(source_table)s::text is null or unmatched.source_table = %(source_table)s::text)
    and unmatched.status = %(status)s::text::public.unmatchedstatus
group by unmatched.reason_code
order by records desc, unmatched.reason_code;
