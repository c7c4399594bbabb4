-- The number of the identity document that a normalised licence implies, without leading zeros, or NULL. Some forms ask
-- for the licence and others for the document, and spreadsheets lose zeros in front of either. A weaker key than the
-- licence. PE: a letter and the eight digits of the DNI, seven if a zero was lost, or the DNI alone. CO: the licence
-- has the number of the cédula, 6 to 10 digits.
--
-- PE 'Q01234567', 'Q1234567', '01234567' -> '1234567'    PE 'MB40711223' -> NULL    CO '1020304050' -> '1020304050'
create or replace function canon.license_document(license text, country text)
returns text
language sql immutable parallel safe
as $$
    select nullif(ltrim(
        case
            -- without a regular expression for the usual form: a letter and eight digits
            when country = 'PE' and length(license) = 9 and translate(right(license, 8), '0123456789', '') = ''
                then case when left(license, 1) > '9' collate "C" then right(license, 8) end
            when country = 'PE' then substring(license from '^(?:[A-Z](?=[0-9]{7,8}$))?([0-9]{6,8})$')
            when country = 'CO' then substring(license from '^[0-9]{6,10}$')
        end, '0'
    ), '')
$$;
