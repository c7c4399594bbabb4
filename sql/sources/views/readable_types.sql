-- The types of a source's column that are understood, by what the column is read as (canon.source_columns). Domains
-- over them are, too.
-- Grain and key: (reads_as, type).
create or replace view canon.readable_types as
select
    understood.reads_as,
    readable.type::regtype as type,
    readable.place
from (
    values
    ('text', 'text varchar bpchar name integer bigint smallint numeric real float8 uuid'),
    ('key', 'bigint integer smallint text varchar bpchar numeric real float8 uuid'),
    ('number', 'integer bigint smallint numeric real float8 text varchar bpchar'),
    ('seconds', 'bigint integer smallint numeric real float8 interval text varchar bpchar'),
    ('time', 'timestamp timestamptz date text varchar bpchar'),
    ('clock', 'time timestamp text varchar bpchar'),
    ('flag', 'boolean integer bigint smallint numeric real float8 text varchar bpchar'),
    ('uuid', 'uuid text varchar bpchar')
) as understood (reads_as, types)
cross join lateral string_to_table(understood.types, ' ') with ordinality as readable (type, place);
