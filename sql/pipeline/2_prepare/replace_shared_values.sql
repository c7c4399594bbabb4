-- Replace the entries of canon.shared_values for the values counted in this step. A value that became or stopped being
-- shared becomes a dirty key (cause 'shared'): every record and account that carries it is evaluated again.
-- Grain and key: (kind, value). Reads: values_to_count_this_step, recounted_values_this_step. Leaves:
-- known_shared_values_this_step.
-- Safe to run again: unchanged entries are not written.
create temporary table known_shared_values_this_step on commit drop as
select shared.value
from canon.shared_values as shared
inner join pg_temp.values_to_count_this_step as counted on counted.value = shared.value
where shared.kind = %(kind)s;

insert into canon.dirty_keys (kind, value, cause)
select
    %(kind)s,
    coalesce(recounted.value, known.value),
    'shared'
from pg_temp.recounted_values_this_step as recounted
full join pg_temp.known_shared_values_this_step as known on known.value = recounted.value
where recounted.value is null or known.value is null
on conflict do nothing;

delete from canon.shared_values as shared
using pg_temp.known_shared_values_this_step as known
where
    shared.kind = %(kind)s
    and shared.value = known.value
    and not exists (
        select 1 from pg_temp.recounted_values_this_step as recounted where recounted.value = shared.value
    );

insert into canon.shared_values as shared (kind, value, people, carriers, run_id)
select
    %(kind)s,
    recounted.value,
    recounted.people,
    recounted.carriers,
    %(run_id)s::integer
from pg_temp.recounted_values_this_step as recounted
on conflict (kind, value) do update set people = excluded.people, carriers = excluded.carriers
where (shared.people, shared.carriers) is distinct from (excluded.people, excluded.carriers);
