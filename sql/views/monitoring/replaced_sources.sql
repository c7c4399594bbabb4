-- Sources whose table is another one than that which a run last read in full: renamed into place, or dropped and
-- created anew. The next run reads it. Grain and key: table_name.
create or replace view canon.replaced_sources as
select
    bound.table_name,
    bound.read_at
from canon.source_bindings as bound
where
    split_part(bound.read_identity, ' ', 1) <> split_part(canon.source_identity(bound.table_name), ' ', 1);
