-- Persons in conflict without a case in canon.review_cases, and those with one who are in none: an upgrade, a revert or
-- a killed run left them. Compared by their keys alone. One row; NULL: there is nobody.
select array_agg(stray.case_key order by stray.case_key) as persons
from (
    select ledger.person_key::text as case_key
    from observational.lead_ledger as ledger
    where ledger.decision_status = 'conflict'
    except
    select kept.case_key
    from canon.review_cases as kept
    where kept.case_kind = 'CONFLICT'
    union
    (
        select kept.case_key
        from canon.review_cases as kept
        where kept.case_kind = 'CONFLICT'
        except
        select ledger.person_key::text
        from observational.lead_ledger as ledger
        where ledger.decision_status = 'conflict'
    )
) as stray;
