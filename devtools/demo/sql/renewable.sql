-- The session's database and its owner, if the session's user may drop it and create it with the same owner, encoding
-- and locale. One row, or none.
select
    database.datname::text as database_name,
    pg_get_userbyid(database.datdba)::text as owner_name
from pg_database as database
inner join pg_database as template on template.datname = 'template1'
inner join pg_roles as me on me.rolname = current_user
where
    database.datname = current_database()
    and (me.rolsuper or (me.rolcreatedb and pg_has_role(database.datdba, 'member')))
    and (database.encoding, database.datcollate, database.datctype, database.datlocprovider)
    = (template.encoding, template.datcollate, template.datctype, template.datlocprovider);
