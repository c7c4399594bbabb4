-- Two payment rules of one payee, origin and milestone that are in force on one day, whatever their windows and
-- currencies. Raising an amount by a later rule of the same window and currency is none.
select overlap.*
from ops.v_payment_rule_overlaps as overlap;
