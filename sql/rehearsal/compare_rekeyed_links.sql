-- Links under old md5 keys get the key of their row; one whose row has a link already is superseded by that link. Into
-- rehearsed_differences: before and after are the keys. Grain and key: (source_table, before). Repeatable after
-- deleting these kinds.
insert into pg_temp.rehearsed_differences (
    subject, kind, source_table, source_pk, before, after, person_before, person_after
)
select
    'link',
    case when rekeyed.outcome = 'REKEYED' then 'rekeyed' else 'superseded' end,
    rekeyed.source_table,
    rekeyed.new_source_pk,
    rekeyed.old_source_pk,
    rekeyed.new_source_pk,
    (rekeyed.old_row ->> 'person_key')::uuid,
    standing.person_key
from canon.identity_rekeys as rekeyed
left join canon.identity_links as standing
    on standing.source_table = rekeyed.source_table and standing.source_pk = rekeyed.new_source_pk
where rekeyed.object = 'identity_links' and rekeyed.rekeyed_at = transaction_timestamp();
