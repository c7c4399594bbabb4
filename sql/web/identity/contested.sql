-- Links that later evidence speaks against. Grain: one record. Filters: source, reason.
select contested.*
from ops.v_identity_contested as contested
where
    (%(source_table)s::text is null or contested.source_table = %(source_table)s::text)
    and (%(reason_code)s::text is null or contested.reason_code = %(reason_code)s::text);
