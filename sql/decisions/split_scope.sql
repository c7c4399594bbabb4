-- What a split concerns: the merge, the persons that had been merged into the retired person before it, and the records
-- of the retired person (`moved`), of the survivor (`own`) and those linked to the survivor since the merge (`later`).
-- Records are recognised by the id of their link where the merge kept it, else by their key; what a human decided since
-- the merge stays. Nothing is written.
-- Grain: one merge. Leaves: split_this_step, nested_aliases_this_step, split_records_this_step.
create temporary table split_this_step on commit drop as
select
    alias.person_key,
    alias.survivor_key,
    alias.merged_at,
    alias.moved,
    alias.moved -> 'survivor' as survivor_state
from canon.identity_aliases as alias
where alias.person_key = %(person_key)s::uuid;

create temporary table nested_aliases_this_step on commit drop as
select nested.person_key
from split_this_step as split
inner join canon.identity_aliases as nested
    on nested.survivor_key = split.survivor_key and nested.person_key <> split.person_key
where case
    when split.moved ? 'aliases' then split.moved -> 'aliases' @> to_jsonb(nested.person_key::text)
    else nested.merged_at < split.merged_at and split.moved -> 'links' @> (nested.moved -> 'links')
end;

create temporary table split_records_this_step on commit drop as
with kept as (
    select
        alias.person_key as owner_key,
        split.survivor_key,
        row.value as link
    from split_this_step as split
    inner join canon.identity_aliases as alias on alias.survivor_key = split.survivor_key
    cross join lateral jsonb_array_elements(
        coalesce(
            alias.moved -> 'link_rows', (
                select jsonb_agg(jsonb_build_object('source_table', pair.value ->> 0, 'source_pk', pair.value ->> 1))
                from jsonb_array_elements(nullif(alias.moved -> 'links', 'null')) as pair
            ), '[]'
        )
    ) as row
    union all
    select split.survivor_key, split.survivor_key, row.value
    from split_this_step as split
    cross join lateral jsonb_array_elements(coalesce(split.survivor_state -> 'link_rows', '[]')) as row
),

-- a record that several merges moved belongs to the person that it was moved from first
known as (
    select distinct on (link.id)
        link.id,
        kept.owner_key,
        kept.link
    from kept
    inner join canon.identity_links as link
        on
            link.id = (kept.link ->> 'id')::integer
            or (
                not exists (
                    select 1 from canon.identity_links as same where same.id = (kept.link ->> 'id')::integer
                )
                and link.source_table = kept.link ->> 'source_table'
                and link.source_pk = kept.link ->> 'source_pk'
            )
    left join canon.identity_aliases as owner on owner.person_key = kept.owner_key
    order by link.id, (owner.merged_at is null), owner.merged_at, kept.owner_key
)

select
    link.id,
    link.source_table,
    link.source_pk,
    known.link as link_before,
    case
        when known.owner_key = split.person_key then 'moved'
        when nested.person_key is not null then 'moved'
        when known.owner_key = split.survivor_key then 'own'
        when known.owner_key is not null then 'of another'
        when link.linked_at < split.merged_at then 'own'
        when link.source_table = 'drivers' then 'account'
        else 'later'
    end as part,
    link.match_rule <> 'MANUAL' as is_undecided
from split_this_step as split
inner join canon.identity_links as link on link.person_key = split.survivor_key
left join known on known.id = link.id
left join nested_aliases_this_step as nested on nested.person_key = known.owner_key;
