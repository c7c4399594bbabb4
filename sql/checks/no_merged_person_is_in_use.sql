-- A person that was merged into another but still has links or lead events.
-- Key: person_key.
select
    merged.person_key,
    merged.survivor_key,
    used.used_in
from ops.v_merged_persons as merged
inner join (
    select link.person_key, 'link' as used_in from ops.v_identity_links as link
    union
    select event.person_key, 'event' from ops.v_lead_events as event
) as used on used.person_key = merged.person_key;
