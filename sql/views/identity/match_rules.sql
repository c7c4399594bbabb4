-- The match rules in order: the only definition of which evidence counts, its score and confidence, and the name
-- verdict it needs. `names`:
--   ANY               none (the record carries the driver_id)
--   NO_CONTRADICTION  not CONTRADICT; a missing name is accepted
--   AGREE, VERY       at least AGREE, at least VERY
-- Grain and key: match_rule.
create or replace view canon.match_rules (position, match_rule, match_score, confidence_level, names) as
values
(1, 'DRIVER_DIRECT', 100, 'HIGH'::public.confidencelevel, 'ANY'),
(2, 'R1_PHONE_EXACT', 95, 'HIGH', 'NO_CONTRADICTION'),
(3, 'R2_LICENSE_EXACT', 92, 'HIGH', 'NO_CONTRADICTION'),
(4, 'R3_PLATE_EXACT_NAME_SIMILAR', 85, 'MEDIUM', 'AGREE'),
(5, 'R3B_PLATE_NAME_NO_DATE', 78, 'MEDIUM', 'AGREE'),
(6, 'R4_CAR_FINGERPRINT_NAME_SIMILAR', 75, 'LOW', 'VERY');
