-- Temporary tables of the steps run so far in this transaction; a step that is repeated in it makes its own anew.
select relation.relname as name
from pg_class as relation
where
    relation.relnamespace = pg_my_temp_schema()
    and relation.relkind = 'r'
    and relation.relname like '%%\_this\_step'
order by relation.relname;
