-- The candidate that a human is shown first, for each record that was left to a human, with the probability that is
-- stated for it (NULL: none is) and whether it is an account of the record's human. Grain: one row per unmatched record
-- that has a candidate.
select
    unmatched.source_table,
    false as is_link,
    (unmatched.candidates_preview -> 0 ->> 'probability')::float8 as probability,
    coalesce(driver.human_id = record.human_id, false) as is_right
from ops.v_identity_unmatched as unmatched
inner join demo.truth_records as record
    on record.source_table = unmatched.source_table and record.source_pk = unmatched.source_pk
left join demo.truth_drivers as driver on driver.driver_id = unmatched.candidates_preview -> 0 ->> 'driver_id'
where unmatched.status <> 'RESOLVED' and jsonb_array_length(unmatched.candidates_preview) > 0;
