-- Which objects preparing the database would create, change or drop. Into rehearsed_differences: source_table is the
-- kind of object, source_pk its name. Grain and key: (kind of object, name). Repeatable after deleting the subject.
insert into pg_temp.rehearsed_differences (subject, kind, source_table, source_pk)
select
    'object',
    case when before.name is null then 'created' when after.name is null then 'dropped' else 'changed' end,
    coalesce(after.kind, before.kind),
    coalesce(after.name, before.name)
from (select object.* from pg_temp.rehearsed_objects as object where object.moment = 'before') as before
full join (select object.* from pg_temp.rehearsed_objects as object where object.moment = 'after') as after
    on after.kind = before.kind and after.name = before.name
where before.digest is distinct from after.digest;
