-- Replace what is known about pg_temp.values_to_count by the recount in pg_temp.recounted_hot_values. A value
-- that turned hot or cold is touched, because every record and account that carries it must be looked at
-- again.
insert into canon.touched_values (kind, value, cause)
select
    coalesce(recounted.kind, known.kind),
    coalesce(recounted.value, known.value),
    'hot'
from pg_temp.recounted_hot_values as recounted
full join (
    select
        hot.kind,
        hot.value
    from canon.hot_values as hot
    where exists (
        select 1 from pg_temp.values_to_count as counted where counted.kind = hot.kind and counted.value = hot.value
    )
) as known on known.kind = recounted.kind and known.value = recounted.value
where recounted.value is null or known.value is null
on conflict do nothing;

delete from canon.hot_values as hot
where
    exists (
        select 1 from pg_temp.values_to_count as counted where counted.kind = hot.kind and counted.value = hot.value
    )
    and not exists (
        select 1
        from pg_temp.recounted_hot_values as recounted
        where recounted.kind = hot.kind and recounted.value = hot.value
    );

insert into canon.hot_values as hot (kind, value, people, carriers, run_id)
select
    recounted.kind,
    recounted.value,
    recounted.people,
    recounted.carriers,
    %(run_id)s::integer
from pg_temp.recounted_hot_values as recounted
on conflict (kind, value) do update set people = excluded.people, carriers = excluded.carriers
where (hot.people, hot.carriers) is distinct from (excluded.people, excluded.carriers);
