-- How many cases of each kind pass the filters of queue.sql; no more than %(most)s + 1 of a kind are counted.
-- Grain and key: case_kind.
select
    kind.code as case_kind,
    (
        select count(*)
        from (
            select 1
            from ops.v_review_cases as waiting
            where
                waiting.case_kind = kind.code
                and (%(reason_code)s::text is null or waiting.reason_code = %(reason_code)s::text)
                and (
                    %(scout_id)s::integer is null
                    or (waiting.scout_ids @> array[%(scout_id)s::integer] and waiting.scout_ids <> '{}')
                )
                and (%(park_id)s::text is null or waiting.park_id = %(park_id)s::text)
                and (%(min_amount)s::numeric is null or waiting.amount >= %(min_amount)s::numeric)
                and (
                    %(min_days)s::integer is null
                    or waiting.since <= now() - make_interval(days => %(min_days)s::integer)
                )
                and (waiting.postponed_until is null or waiting.postponed_until <= %(today)s::date)
            order by waiting.worth desc, waiting.probability desc nulls last, waiting.since, waiting.case_key
            limit %(most)s::bigint + 1
        ) as counted
    ) as cases
from unnest(%(kinds)s::text[]) as kind (code);
