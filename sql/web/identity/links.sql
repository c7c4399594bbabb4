-- Links of records and driver accounts to persons. Grain: one link. Filters: the run that made it, rule, source.
select link.*
from ops.v_identity_links as link
where
    (%(run_id)s::integer is null or link.run_id = %(run_id)s::integer)
    and (%(match_rule)s::text is null or link.match_rule = %(match_rule)s::text)
    and (%(source_table)s::text is null or link.source_table = %(source_table)s::text);
