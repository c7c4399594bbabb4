-- Forgets which payments were known, before all claims are derived, so that all are new. Repeatable.
delete from canon.paid_payments;

delete from canon.payment_names;
