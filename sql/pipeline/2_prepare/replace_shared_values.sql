-- Replace what is known about pg_temp.values_to_count, values of one kind, by the recount in
-- pg_temp.recounted_shared_values. A value that turned hot or cold is touched, because every record and account that
-- carries it must be looked at again.
create temporary table known_shared_values on commit drop as
select hot.value
from canon.shared_values as hot
inner join pg_temp.values_to_count as counted on counted.value = hot.value
where hot.kind = %(kind)s;

insert into canon.dirty_keys (kind, value, cause)
select
    %(kind)s,
    coalesce(recounted.value, known.value),
    'hot'
from pg_temp.recounted_shared_values as recounted
full join pg_temp.known_shared_values as known on known.value = recounted.value
where recounted.value is null or known.value is null
on conflict do nothing;

delete from canon.shared_values as hot
using pg_temp.known_shared_values as known
where
    hot.kind = %(kind)s
    and hot.value = known.value
    and not exists (
        select 1 from pg_temp.recounted_shared_values as recounted where recounted.value = hot.value
    );

insert into canon.shared_values as hot (kind, value, people, carriers, run_id)
select
    %(kind)s,
    recounted.value,
    recounted.people,
    recounted.carriers,
    %(run_id)s::integer
from pg_temp.recounted_shared_values as recounted
on conflict (kind, value) do update set people = excluded.people, carriers = excluded.carriers
where (hot.people, hot.carriers) is distinct from (excluded.people, excluded.carriers);
