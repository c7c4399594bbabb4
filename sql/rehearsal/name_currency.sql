-- The views of an established database name no currency: they mean the default one, and so does here who has none
-- because nothing is measured. In rehearsed_claims and rehearsed_payments. Repeatable.
update pg_temp.rehearsed_claims as claim
set currency = (select ops.default_currency())::text
where claim.currency is null;

update pg_temp.rehearsed_payments as payment
set currency = (select ops.default_currency())::text
where payment.currency is null;
