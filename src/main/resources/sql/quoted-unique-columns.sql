-- The columns with a quotation mark in their name that are in a unique index, if the table has no primary key.
-- psql -v table=public.devices -f quoted-unique-columns.sql
select distinct a.attname as column_name
from pg_index i
join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
where i.indrelid = :'table'::regclass and i.indisunique and position('"' in a.attname) > 0
  and not exists (select from pg_index p where p.indrelid = i.indrelid and p.indisprimary)
order by 1
