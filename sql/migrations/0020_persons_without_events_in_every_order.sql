-- Persons without a ledger row stand in the backlog with constants: category C, no event, no date. An index on the
-- constant and the key is the order in which the planner merges them with the rows of the ledger, of which there is one
-- index per order, too; without it, all of them are sorted for each page. The expressions are those of
-- canon.persons_without_scout.
create index if not exists persons_without_ledger_category
on canon.persons_without_ledger (('C'::text), person_key);
create index if not exists persons_without_ledger_events
on canon.persons_without_ledger ((0::bigint), person_key);
create index if not exists persons_without_ledger_dates
on canon.persons_without_ledger ((null::date), person_key);
