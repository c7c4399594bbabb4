-- A word of a car's description (brand, model): unaccented upper-case letters and digits, at most 60, or
-- NULL.
--
-- Source of the rule: R4_CAR_FINGERPRINT_NAME_SIMILAR. NULL: nothing left, or a word for "unknown".
--
-- 'Grand i10' -> 'GRANDI10'    'Citroën' -> 'CITROEN'    'S/N' -> NULL    '-' -> NULL
create or replace function canon.normalise_word(raw text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    compact text := upper(left(raw, 200) collate "C");
begin
    if compact ~ '[^0-9A-Z]' then
        if octet_length(compact) <> length(compact) then
            -- letter and accent come apart, and the accent goes below
            compact := upper(normalize(compact, NFKD) collate "C");
        end if;
        compact := translate(compact, translate(compact, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''), '');
    end if;
    compact := left(compact, 60);
    if compact ~ '^(|NA|SN|X+|0+|NULL|NONE|NINGUN[AO]|OTR[AO]S?|OTHER|UNKNOWN|TEST|PRUEBA)$'
        or compact ~ '^(DESCONOCID[AO]|SINMARCA|SINMODELO)$'
    then
        return null;
    end if;
    return compact;
end
$$;
