-- %(persons)s (keys as text) are in no conflict any more. Grain and key: (case_kind, case_key). Repeatable.
delete from canon.review_cases as kept
where kept.case_kind = 'CONFLICT' and kept.case_key = any(%(persons)s::text[]);
