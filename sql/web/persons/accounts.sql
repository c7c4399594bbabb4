-- The person's driver accounts as they were compared.
select
    account.driver_id,
    account.park_id,
    account.full_name_norm as name,
    account.phone_norm as phone,
    account.license_norm as license,
    account.plate_norm as plate,
    account.brand_norm as brand,
    account.model_norm as model,
    account.hire_date
from ops.v_identity_links as link
inner join ops.v_driver_accounts as account on account.driver_id = link.source_pk
where link.person_key = %(person_key)s::uuid and link.source_table = 'drivers'
order by account.hire_date, account.driver_id;
