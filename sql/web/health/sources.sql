-- Whether each source is all right. Grain: one source. Filter: severity.
select
    source.*,
    case source.severity when 'RED' then 3 when 'YELLOW' then 2 when 'UNKNOWN' then 1 else 0 end as badness
from ops.v_data_health_status as source
where %(severity)s::text is null or source.severity = %(severity)s::text;
