-- Delete the candidates that were found by their names: other weights may leave other records without enough evidence.
-- Only in a transaction that is rolled back.
-- Safe to run again.
delete from canon.candidates_this_run as candidate
using canon.match_rules as rule
where rule.match_rule = candidate.rule and rule.is_by_name;
