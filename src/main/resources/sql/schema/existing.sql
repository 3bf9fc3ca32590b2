-- Which of the tables, named as schema.table without quotes, a database has. A schema's name may hold a dot.
select position
from unnest(:'tables'::text[]) with ordinality as t(name, position)
where exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname || '.' || c.relname = t.name)
order by position
