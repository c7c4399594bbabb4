-- Version and first candidate of some cases: %(case_keys)s[i] of %(case_kinds)s[i].
-- Grain and key: (case_kind, case_key).
select
    waiting.case_kind,
    waiting.case_key,
    waiting.case_version,
    coalesce(unmatched.candidates_preview, contested.candidates) -> 0 as first_candidate,
    coalesce(jsonb_array_length(coalesce(unmatched.candidates_preview, contested.candidates)), 0) as candidates,
    contested.person_key as linked_person_key
from unnest(%(case_kinds)s::text[], %(case_keys)s::text[]) as asked (case_kind, case_key)
inner join ops.v_review_cases as waiting
    on waiting.case_kind = asked.case_kind and waiting.case_key = asked.case_key
left join ops.v_identity_unmatched as unmatched
    on unmatched.source_table = waiting.source_table and unmatched.source_pk = waiting.source_pk
left join ops.v_identity_contested as contested
    on contested.source_table = waiting.source_table and contested.source_pk = waiting.source_pk;
