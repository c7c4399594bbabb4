-- Objects by kind: there before, created, changed, dropped and left as they are. One row per kind.
select
    object.kind,
    count(*) filter (where object.moment = 'before') as before,
    count(*) filter (where object.moment = 'after' and changed.kind = 'created') as created,
    count(*) filter (where object.moment = 'after' and changed.kind = 'changed') as changed,
    count(*) filter (where object.moment = 'before' and changed.kind = 'dropped') as dropped,
    count(*) filter (where object.moment = 'before' and changed.kind is null) as left_alone
from pg_temp.rehearsed_objects as object
left join pg_temp.rehearsed_differences as changed
    on changed.subject = 'object' and changed.source_table = object.kind and changed.source_pk = object.name
group by object.kind
order by object.kind;
