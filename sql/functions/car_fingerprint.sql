-- Brand and model of a car as one word, independent of notation, or NULL if either is unknown.
--
-- Cabinet leads have both in one text ("BRAND MODEL"), drivers in two columns. Without a brand the first word of the
-- model is the brand, so one word alone is no fingerprint. A brand repeated in the model counts once. VW is Volkswagen.
--
-- (NULL, 'Toyota Yaris') -> 'TOYOTAYARIS'              ('TOYOTA', 'Toyota Yaris') -> 'TOYOTAYARIS'
-- (NULL, 'Hyundai Grand i10') -> 'HYUNDAIGRANDI10'     (NULL, 'Toyota') -> NULL     ('KIA', NULL) -> NULL
create or replace function canon.car_fingerprint(brand text, model text)
returns text
language plpgsql immutable parallel safe
as $$
declare
    brand_word text := canon.normalise_word(brand);
    model_text text := btrim(left(model, 200), E' \t\r\n');
    model_word text;
begin
    if brand_word is null then
        brand_word := canon.normalise_word(split_part(model_text, ' ', 1));
        model_text := substr(model_text, strpos(model_text || ' ', ' ') + 1);
    end if;
    model_word := canon.normalise_word(model_text);
    if brand_word is null or model_word is null then
        return null;
    end if;

    if starts_with(model_word, brand_word) then
        model_word := substr(model_word, length(brand_word) + 1);
    end if;
    if brand_word = 'VW' then
        brand_word := 'VOLKSWAGEN';
    end if;
    return brand_word || nullif(model_word, '');
end
$$;
