-- A link whose person is not in the registry.
-- Key: person_key.
select
    link.source_table,
    link.source_pk,
    link.person_key
from ops.v_identity_links as link
where not exists (
    select 1 from canon.v_persons as person where person.person_key = link.person_key
);
