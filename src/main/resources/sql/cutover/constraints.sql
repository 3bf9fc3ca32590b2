-- Foreign keys and checks of the chosen tables, whether PostgreSQL knows that all rows obey them, and what they say beside that.
select format('%I.%I', n.nspname, c.relname) as table_name, k.conname as constraint_name, k.convalidated as valid,
       regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '') as definition
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
where k.contype in ('f', 'c') and k.conparentid = 0 and k.conrelid = any (:'relations'::regclass[])
order by 1, 2
