-- The roles and the database, made by the server's superuser; what is there already stays as it is:
-- psql -v owner_password=... -v app_password=... -v backup_password=... -f roles.sql
\set ON_ERROR_STOP on
SELECT format('CREATE ROLE stillwater_owner LOGIN BYPASSRLS PASSWORD %L', :'owner_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stillwater_owner') \gexec
SELECT format('CREATE ROLE stillwater_app LOGIN PASSWORD %L', :'app_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stillwater_app') \gexec
SELECT format('CREATE ROLE stillwater_backup LOGIN BYPASSRLS PASSWORD %L', :'backup_password')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stillwater_backup') \gexec
GRANT pg_read_all_data TO stillwater_backup;
SELECT 'CREATE DATABASE stillwater OWNER stillwater_owner TEMPLATE template0 ENCODING UTF8'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'stillwater') \gexec
REVOKE ALL ON DATABASE stillwater FROM PUBLIC;
GRANT CONNECT ON DATABASE stillwater TO stillwater_app, stillwater_backup;
