-- Persons merged into another.
-- Grain and key: person_key (the retired key).
create or replace view ops.v_merged_persons as
select
    alias.person_key,
    alias.survivor_key,
    alias.reason,
    alias.run_id,
    alias.merged_at
from canon.identity_aliases as alias;
