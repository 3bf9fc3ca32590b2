-- Bodies are not checked when they are made (check_function_bodies=off), so that they may mention each other.
select oid, pg_get_functiondef(oid) as sql
from pg_proc
where oid = any (:'objects'::oid[])
