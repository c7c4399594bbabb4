-- Which of %(persons)s are in conflict (keys as text). One row.
select coalesce(array_agg(conflict.person_key::text), '{}') as persons
from canon.conflicts as conflict
where conflict.person_key = any(%(persons)s::uuid[]);
