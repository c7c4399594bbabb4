-- The shipped weights: for each level of each comparison, how often it is found among records of the same person (m),
-- among records of other people (u), and among those of a relative (household), estimated from fleets whose truth is
-- known (ADR 24). Evidence for a person weighs log2(m / u) bits. Of some levels u depends on the value:
--   equal phone, licence, plate   u x people who carry the value / people
--   car                           u x share of the people who have this car
--   hired                         u x share of the people who were hired around that day
--   word of a name                u x share of the people who have the word (control_tower.identity.name_evidence)
--   other given name              m as counted among the fleet's own records (canon.match_weights)
-- Level 'differs_too': plates that differ where phones differ, because who starts anew changes both. Level 'record' of
-- 'prior': records whose person has a driver account (m), and the relatives among the drivers that a record has on
-- average (household).
-- Grain and key: (comparison, level).
create or replace view canon.shipped_match_weights (comparison, level, m, u, household) as
values
('prior', 'record', 0.6::float8, 0.4::float8, 0.05::float8),
('driver', 'equal', 0.99, 0.000001, null),
('driver', 'differs', 0.01, 1.0, null),
('phone', 'equal', 0.85, 0.03, 0.15),
('phone', 'one_off', 0.008, 0.000001, null),
('phone', 'differs', 0.14, 0.97, null),
('license', 'equal', 0.93, 0.004, null),
('license', 'number', 0.04, 0.004, null),
('license', 'one_off', 0.012, 0.000001, null),
('license', 'differs', 0.02, 0.97, null),
('plate', 'equal', 0.88, 0.05, 0.10),
('plate', 'one_off', 0.02, 0.00001, null),
('plate', 'differs', 0.08, 0.95, null),
('plate', 'differs_too', 0.28, 0.95, null),
('car', 'equal', 0.90, 1.0, null),
('car', 'differs', 0.10, 1.0, null),
('car', 'equal_other_plate', 0.15, 1.0, null),
('car', 'differs_other_plate', 0.85, 1.0, null),
('name', 'equal', 0.95, 1.0, 0.50),
('name', 'equal_given', 0.95, 1.0, 0.05),
('name', 'variant', 0.03, 2.0, 0.02),
('name', 'typo', 0.02, 1.0, 0.02),
('name', 'initial', 0.05, 0.018, 0.036),
('name', 'conflict', 0.006, 0.70, 0.60),
('name', 'no_given', 0.005, 0.05, 0.50),
('name', 'other_given', 0.0001, 0.035, 0.30),
('name', 'missing', 0.005, 0.02, 0.02),
('hired', 'close', 0.78, 1.0, null),
('hired', 'near', 0.22, 1.0, null),
('hired', 'far', 0.06, 1.0, null),
('park', 'target', 0.55, 1.0, null),
('park', 'other', 0.45, 1.0, null);
