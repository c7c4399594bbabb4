-- Undo a merge, part 1: the retired person returns under its key, with the persons that had been merged into it. The
-- survivor as it was before this merge becomes what it was before the later ones.
-- Grain and key: person_key. Reads: split_this_step, nested_aliases_this_step.
insert into canon.identity_registry (
    person_key, created_at, updated_at, confidence_level, primary_phone, primary_document, primary_license,
    primary_full_name, flags
)
select
    split.person_key,
    coalesce(person.created_at, split.merged_at),
    coalesce(person.updated_at, split.merged_at),
    coalesce(person.confidence_level, 'LOW'),
    person.primary_phone,
    person.primary_document,
    person.primary_license,
    person.primary_full_name,
    person.flags
from split_this_step as split
cross join lateral jsonb_populate_record(null::canon.identity_registry, split.moved -> 'person') as person;

update canon.identity_aliases as alias
set survivor_key = split.person_key
from nested_aliases_this_step as nested
cross join split_this_step as split
where alias.person_key = nested.person_key;

update canon.identity_aliases as alias
set moved = alias.moved || jsonb_build_object('survivor', split.survivor_state)
from split_this_step as split
where
    alias.survivor_key = split.survivor_key
    and alias.merged_at > split.merged_at
    and split.survivor_state is not null
    and alias.moved ? 'survivor';

delete from canon.identity_aliases as alias
using split_this_step as split
where alias.person_key = split.person_key;
