-- Temporary tables of this session, by name.
select relation.relname as name
from pg_class as relation
where relation.relnamespace = pg_my_temp_schema() and relation.relkind = 'r';
