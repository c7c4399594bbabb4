-- Switches the queueing of changed persons on: the triggers look for this row. Committed before claims are first
-- derived. Repeatable.
insert into canon.read_model_refreshes (read_model, refreshed_at)
values ('cabinet_claims', '-infinity')
on conflict do nothing;
