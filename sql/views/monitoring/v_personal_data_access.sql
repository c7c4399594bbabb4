-- Who saw the phone, licence or name of a person in the web application, and when. Grain and key: id. `subject`: the
-- kind of search, never the search term; `is_unmasked` false: identifying data was masked.
create or replace view ops.v_personal_data_access as
select
    access.id,
    access.action,
    access.person_key,
    access.subject,
    access.is_unmasked,
    access.seen_by,
    access.seen_at
from ops.personal_data_access as access;
