-- Postgres lets everybody execute a new function. From here on a migration names who may. What exists was revoked there.
-- Only the form without a schema takes this away: https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html

alter default privileges revoke execute on functions from public;
