-- Forgets which payments were known, before all claims are derived, so that all are new: their names are looked for
-- among all accounts, changed ones or not. Reads changed_accounts_this_step. Repeatable.
delete from canon.paid_payments;

delete from canon.payment_names;

delete from changed_accounts_this_step;
