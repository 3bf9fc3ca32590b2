-- An extension's own schema (a member of it) is made by the extension and must not be named.
select x.oid,
       format('CREATE EXTENSION IF NOT EXISTS %I', x.extname)
       || case when exists (select from pg_depend m
                            where m.classid = 'pg_namespace'::regclass and m.objid = x.extnamespace and m.deptype = 'e')
               then '' else format(' WITH SCHEMA %I', n.nspname) end as sql
from pg_extension x
join pg_namespace n on n.oid = x.extnamespace
where x.oid = any (:'objects'::oid[])
