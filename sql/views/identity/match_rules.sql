-- The match rules in order: the only list of the kinds of evidence, with score, confidence and limits. Which kind of
-- evidence led to a candidate is the rule; how sure it is, the probability (canon.weighed_candidates_this_run).
--   names            the least that the names must be (control_tower.identity.name_matching); ANY: the sum decides
--   link_from        probability from which evidence of this kind links
--   contested_below  probability below which a link made under an earlier version of the weights is contested
--   is_by_name       found by the words of the name; considered only where nothing else is enough
--   needs_counts     the name is all there is: decides only where words were counted among one's own people
-- One limit per kind, because one for all does not carry from fleet to fleet (ADR 24).
-- Grain and key: match_rule.
create or replace view canon.match_rules (
    position, match_rule, match_score, confidence_level, names, link_from, contested_below, is_by_name, needs_counts
) as
values
(1, 'DRIVER_DIRECT', 100, 'HIGH'::public.confidencelevel, 'ANY', 0.5::float8, 0.5::float8, false, false),
(2, 'R1_PHONE_EXACT', 95, 'HIGH', 'ANY', 0.992, 0.95, false, false),
(3, 'R2_LICENSE_EXACT', 92, 'HIGH', 'ANY', 0.99, 0.95, false, false),
(4, 'R3_PLATE_EXACT_NAME_SIMILAR', 85, 'MEDIUM', 'AGREE', 0.99, 0.95, false, false),
(5, 'R5_LICENSE_NUMBER', 84, 'MEDIUM', 'ANY', 0.99, 0.95, false, false),
(6, 'R3B_PLATE_NAME_NO_DATE', 78, 'MEDIUM', 'AGREE', 0.99, 0.95, false, false),
(7, 'R4_CAR_FINGERPRINT_NAME_SIMILAR', 75, 'LOW', 'VERY', 0.99, 0.95, true, false),
(8, 'R5_PHONE_ONE_OFF', 72, 'LOW', 'AGREE', 0.99, 0.95, true, false),
(9, 'R5_LICENSE_ONE_OFF', 71, 'LOW', 'AGREE', 0.99, 0.95, true, false),
(10, 'R5_NAME_AND_HIRE_DATE', 60, 'LOW', 'VERY', 0.9993, 0.99, true, true);
