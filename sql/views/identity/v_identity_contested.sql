-- Contested links: later evidence contradicts them and a human must decide; and records without a link because their
-- person is split.
-- Grain and key: (source_table, source_pk).
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
left join canon.identity_links as link using (source_table, source_pk);
