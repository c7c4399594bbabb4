-- The person behind a key: itself, or the survivor it was merged into. No row: unknown key.
select
    person.person_key,
    person.created_at,
    person.updated_at,
    person.confidence_level::text as confidence_level,
    person.primary_full_name as name,
    person.primary_phone as phone,
    person.primary_license as license
from canon.v_persons as person
where
    person.person_key = coalesce(
        (
            select merged.survivor_key from ops.v_merged_persons as merged
            where merged.person_key = %(person_key)s::uuid
        ), %(person_key)s::uuid
    );
