-- Which of the tables, named as schema.table without quotes, a database has as tables of their own; one that was attached to another as its
-- partition is none any more. A schema's name may hold a dot.
select position
from unnest(:'tables'::text[]) with ordinality as t(name, position)
where exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
              where n.nspname || '.' || c.relname = t.name and not c.relispartition)
order by position
