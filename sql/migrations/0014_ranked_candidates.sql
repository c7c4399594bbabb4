-- A weighed candidate knows its rank among the candidates of its record, and what is true of all of them together. Rows
-- that are there are of a run that has ended; the next one weighs its records anew.
alter table canon.weighed_candidates_this_run
add column if not exists candidate_rank integer not null default 0,
add column if not exists person_count integer not null default 0,
add column if not exists likely_count integer not null default 0,
add column if not exists any_probability double precision not null default 0,
add column if not exists has_contradiction boolean,
add column if not exists has_weak boolean;
