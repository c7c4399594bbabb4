-- What is expected of one source; no row: none of that name is watched.
select expected.*
from ops.v_data_sources_catalog as expected
where expected.source_name = %(source_name)s::text;
