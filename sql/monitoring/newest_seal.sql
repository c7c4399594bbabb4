-- The newest link of the audit chain, as messages carry it out of the house.
select
    link.position,
    encode(link.hash, 'hex') as hash
from ops.audit_chain as link
order by link.position desc
limit 1;
