-- USING INDEX waits for the index (post-data.sql).
select c.oid,
       format('ALTER TABLE ONLY %I.%I REPLICA IDENTITY %s', n.nspname, c.relname,
              case c.relreplident when 'f' then 'FULL' else 'NOTHING' end) as sql
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.oid = any (:'relations'::regclass[]) and c.relreplident in ('f', 'n') and c.relkind in ('r', 'p')
order by 2
