-- The first records of each kind that the tried weights decide otherwise, the likeliest first.
-- Key: (kind, source_table, source_pk).
with ranked as (
    select
        changed.*,
        row_number() over (
            partition by changed.kind
            order by
                greatest(changed.probability_before, changed.probability_after) desc nulls last,
                changed.source_table, changed.source_pk
        ) as place
    from pg_temp.changed_outcomes as changed
)

select
    ranked.kind,
    ranked.match_rule,
    ranked.source_table,
    ranked.source_pk,
    ranked.record_name,
    ranked.driver_before,
    ranked.name_before,
    ranked.probability_before,
    ranked.driver_after,
    ranked.name_after,
    ranked.probability_after
from ranked
where ranked.place <= %(most_examples)s::integer
order by ranked.kind, ranked.place;
