-- What is worth a look about scouts. Grain: one scout and signal. Filters: scout, signal.
select signal.*
from ops.v_scout_signals as signal
where
    (%(scout_id)s::integer is null or signal.scout_id = %(scout_id)s::integer)
    and (%(signal)s::text is null or signal.signal = %(signal)s::text);
