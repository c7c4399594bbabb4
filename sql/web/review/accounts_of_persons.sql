-- Driver accounts of some persons. Grain and key: driver_id.
select
    link.source_pk as driver_id,
    link.person_key
from ops.v_identity_links as link
where link.person_key = any(%(person_keys)s::uuid[]) and link.source_table = 'drivers'
order by link.source_pk;
