-- psql -v objects="{$(psql -Atc "select string_agg(oid::text, ',') from pg_namespace")}" -f schemas.sql
select oid, format('CREATE SCHEMA IF NOT EXISTS %I', nspname) as sql
from pg_namespace
where oid = any (:'objects'::oid[])
