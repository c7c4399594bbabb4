-- Everybody whom somebody claims, and everybody in the list, is derived once more. Repeatable.
insert into canon.payment_queue (person_key)
select claimed.person_key from canon.claimed_persons as claimed
union
select kept.person_key from canon.scout_payments as kept
on conflict do nothing;
