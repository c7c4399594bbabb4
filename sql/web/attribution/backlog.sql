-- Persons without a scout in the ledger. Grain: one person. Filters: the category, a scout of its events.
select person.*
from ops.v_persons_without_scout_categorized as person
where
    (%(category)s::text is null or person.category = %(category)s::text)
    and (
        %(scout_id)s::integer is null
        -- first who names the scout, which has an index, and then the order: few do
        or person.person_key = any(array(
            select named.person_key
            from ops.v_persons_without_scout_categorized as named
            where named.scout_id = %(scout_id)s::integer
        ))
    );
