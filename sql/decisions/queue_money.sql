-- The money of the person of a decision is to be derived: it follows in a transaction of its own, or else with the next
-- refresh or closing. Grain and key: person_key. Repeatable.
insert into canon.payment_queue (person_key)
values (%(person_key)s::uuid)
on conflict do nothing;
