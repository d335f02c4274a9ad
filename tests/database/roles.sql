-- Test only: the roles every Supabase project has. Run once per server, as its superuser.
-- As on hosted Supabase, `postgres` is not a superuser; it makes the tables and bypasses row security.
create role postgres login createrole createdb bypassrls replication;
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
create role supabase_auth_admin login noinherit createrole;
grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to postgres with admin option;

-- The limits hosted projects set, https://supabase.com/docs/guides/database/postgres/timeouts
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
