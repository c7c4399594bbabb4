-- A car's brand or model as unaccented upper-case letters and digits, at most 60; NULL if nothing is left or the word
-- means "unknown".
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
            -- NFKD separates letter and accent; the accent is removed below
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
