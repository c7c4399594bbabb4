-- A lead event whose person is not the one that its record is linked to.
-- Key: source_table, source_pk.
select
    event.source_table,
    event.source_pk,
    event.person_key as event_person_key,
    link.person_key as link_person_key
from ops.v_lead_events as event
inner join ops.v_identity_links as link using (source_table, source_pk)
where event.person_key is distinct from link.person_key;
