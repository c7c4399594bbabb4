-- Of which moment the list of due milestones is, by which rules and zone it was derived (refreshed_at and settings are
-- NULL if it never was), and how many persons wait for their attribution. One row.
select
    refreshed.refreshed_at,
    refreshed.settings,
    (select count(*) from canon.attribution_queue) as persons_waiting
from (values ('payments')) as list (read_model)
left join canon.read_model_refreshes as refreshed using (read_model);
