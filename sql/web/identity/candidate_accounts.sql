-- What some driver accounts carry, and whose they are. Grain: one account.
select
    account.driver_id,
    account.full_name_norm as name,
    account.phone_norm as phone,
    account.license_norm as license,
    account.plate_norm as plate,
    account.brand_norm as brand,
    account.model_norm as model,
    account.hire_date,
    link.person_key
from ops.v_driver_accounts as account
left join ops.v_identity_links as link
    on link.source_table = 'drivers' and link.source_pk = account.driver_id
where account.driver_id = any(%(driver_ids)s::text[]);
