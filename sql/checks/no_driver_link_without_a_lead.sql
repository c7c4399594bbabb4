-- A linked driver account whose person has no linked source record.
-- Key: person_key.
select
    link.source_pk as driver_id,
    link.person_key
from ops.v_identity_links as link
where
    link.source_table = 'drivers'
    and not exists (
        select 1
        from ops.v_identity_links as lead
        where lead.person_key = link.person_key and lead.source_table <> 'drivers'
    );
