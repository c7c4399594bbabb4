-- every_source_record_is_accounted_for_once for records that a run has read: those of canon.records_index that stand in
-- their source. That a run has read every row is checked with all rows: a source is read as a whole. Key: source_table,
-- source_pk.
select
    record.source_table,
    record.source_pk,
    case
        when link.source_pk is null then 'in neither links nor unmatched'
        else 'in both links and unmatched'
    end as problem
from canon.records_index as record
left join ops.v_identity_links as link using (source_table, source_pk)
left join ops.v_identity_unmatched as unmatched
    on
        unmatched.source_table = record.source_table
        and unmatched.source_pk = record.source_pk
        and unmatched.status <> 'RESOLVED'
where
    record.gone_since is null
    and (link.source_pk is null) = (unmatched.source_pk is null);
