-- Working tables of one run, written once and read whole: each row is unique because the statement that writes it
-- groups by its key. An index that nobody looks a row up in was half of the time of writing them.
alter table canon.decisions_this_run drop constraint if exists match_decisions_pkey;
alter table canon.name_scores_this_run drop constraint if exists name_scores_pkey;
