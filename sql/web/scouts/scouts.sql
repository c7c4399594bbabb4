-- Scouts with what each brought, is due and was paid. Grain: one scout and currency. Filters: number or beginnings of
-- words of the name, in any order and without accents; active or not; with a signal or not.
select scout.*
from ops.v_scouts as scout
where
    (
        %(q)s::text is null
        or scout.scout_id::text = btrim(%(q)s::text)
        or (
            canon.normalise_name(%(q)s::text) is not null
            and not exists (
                select 1 from unnest(string_to_array(canon.normalise_name(%(q)s::text), ' ')) as word (word)
                where strpos(' ' || coalesce(canon.normalise_name(scout.scout_name), ''), ' ' || word.word) = 0
            )
        )
    )
    and (%(is_active)s::boolean is null or scout.is_active is not distinct from %(is_active)s::boolean)
    and (
        not %(signals_only)s::boolean
        or scout.scout_id in (select signal.scout_id from ops.v_scout_signals as signal)
    );
