-- A version that waits, so that frequencies are counted as the next run would. Only in a transaction that is rolled
-- back: it takes the next number without drawing it from the sequence. One row: its number.
insert into canon.weights_versions (version, weights, reason)
overriding system value
select
    coalesce(max(version.version), 0) + 1,
    coalesce((select in_force.weights from canon.weights_in_force as in_force), '{}'),
    'trial'
from canon.weights_versions as version
returning version;
