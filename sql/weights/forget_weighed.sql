-- Empty what depends on the weights, so that every name is scored and every candidate weighed anew. Only in a
-- transaction that is rolled back.
-- Safe to run again.
select canon.truncate_working_table('canon.name_scores_this_run');
select canon.truncate_working_table('canon.weighed_candidates_this_run');
