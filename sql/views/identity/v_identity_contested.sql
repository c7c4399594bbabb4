-- Links that stand although later evidence speaks against them, for a human to decide; and records without a
-- link whose only obstacle is a person that is split in two. Grain and key: (source_table, source_pk).
create or replace view ops.v_identity_contested as
select
    contested.source_table,
    contested.source_pk,
    link.match_rule,
    link.person_key,
    contested.candidates,
    contested.since,
    contested.reason_code
from canon.identity_contested as contested
left join canon.identity_links as link
    on link.source_table = contested.source_table and link.source_pk = contested.source_pk;
