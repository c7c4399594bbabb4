-- All canonical persons.
-- Grain and key: person_key.
create or replace view canon.v_persons as
select
    person.person_key,
    person.created_at,
    person.updated_at,
    person.confidence_level,
    person.primary_phone,
    person.primary_license,
    person.primary_full_name
from canon.identity_registry as person;
