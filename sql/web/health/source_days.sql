-- The last six weeks of sources, day by day. Grain: one source and day. Filter: source.
select day.*
from ops.v_source_days as day
where %(source_name)s::text is null or day.source_name = %(source_name)s::text;
