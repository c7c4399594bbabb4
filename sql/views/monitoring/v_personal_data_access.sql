-- Who saw whose phone, licence or name on the web, and when. Grain and key: id. `subject` says by what was searched,
-- never for what; `is_unmasked` false: what identifies the person was hidden.
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
