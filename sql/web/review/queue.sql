-- The next cases of the review in their order: worth, probability, age. %(kinds)s are the kinds that may be shown, the
-- other filters may be NULL; %(skip)s cases are left out, %(size)s returned. Each kind follows its own index.
-- Grain and key: (case_kind, case_key).
select
    found.case_kind,
    found.case_key,
    found.person_key,
    found.source_table,
    found.source_pk,
    found.reason_code,
    found.since,
    found.probability,
    found.amount,
    found.currency,
    found.scout_ids
from unnest(%(kinds)s::text[]) as kind (code)
cross join lateral (
    select waiting.*
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
        and (%(min_days)s::integer is null or waiting.since <= now() - make_interval(days => %(min_days)s::integer))
        and (waiting.postponed_until is null or waiting.postponed_until <= %(today)s::date)
    order by waiting.worth desc, waiting.probability desc nulls last, waiting.since, waiting.case_key
    limit %(skip)s::bigint + %(size)s::bigint
) as found
order by found.worth desc, found.probability desc nulls last, found.since, found.case_kind, found.case_key
limit %(size)s::bigint
offset %(skip)s::bigint;
