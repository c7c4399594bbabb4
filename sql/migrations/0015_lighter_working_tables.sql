-- A candidate carries what it is judged by. Three statements of a run read all candidates; each looked record and
-- account up again in the two largest tables of the warehouse.
alter table canon.candidates_this_run rename column person_name to driver_name;
alter table canon.candidates_this_run add column account_group varchar;
alter table canon.candidates_this_run add column park_id varchar;
alter table canon.candidates_this_run add column record_name text;

-- Working tables that are read whole: the statements that write them see to it that each row is there once.
alter table canon.records_this_run drop constraint if exists evaluation_batch_pkey;
alter table canon.account_group_persons_this_run drop constraint if exists group_persons_pkey;

-- Whoever asks for the row of a source asks for its key, too.
drop index if exists canon.records_index_row;
