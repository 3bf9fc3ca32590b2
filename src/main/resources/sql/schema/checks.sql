-- Given to the tables when all of them exist: a parent hands its own down to its children, as it did on the source. Those that
-- are not validated come after the rows (post-data.sql), since older rows may break them.
select c.oid,
       concat_ws(E';\n',
           format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid)),
           format('COMMENT ON CONSTRAINT %I ON %I.%I IS ', k.conname, n.nspname, c.relname)
               || quote_literal(obj_description(k.oid, 'pg_constraint'))) as sql
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
where k.conrelid = any (:'relations'::regclass[]) and k.contype = 'c' and k.convalidated
  and (k.conislocal or not exists (
          select from pg_inherits i where i.inhrelid = c.oid and i.inhparent = any (:'relations'::regclass[])))
order by c.relispartition, k.coninhcount, n.nspname, c.relname, k.conname
