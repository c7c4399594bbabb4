-- Queue every person whom a scout claims or who is in canon.scout_payments. Repeatable.
insert into canon.payment_queue (person_key)
select claimed.person_key from canon.claimed_persons as claimed
union
select kept.person_key from canon.scout_payments as kept
on conflict do nothing;
