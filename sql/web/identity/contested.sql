-- Links that later evidence speaks against. Grain: one record. Filters: source, reason.
select
    contested.source_table,
    contested.source_pk,
    contested.match_rule,
    contested.person_key,
    contested.candidates,
    contested.since,
    contested.reason_code
from ops.v_identity_contested as contested
where
    (%(source_table)s::text is null or contested.source_table = %(source_table)s::text)
    and (%(reason_code)s::text is null or contested.reason_code = %(reason_code)s::text);
