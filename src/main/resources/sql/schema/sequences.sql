-- Without their values: those are set at cut-over.
select c.oid,
       format('CREATE %sSEQUENCE %I.%I AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s',
              case c.relpersistence when 'u' then 'UNLOGGED ' else '' end, n.nspname, c.relname,
              format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
              case when s.seqcycle then ' CYCLE' else '' end) as sql
from pg_sequence s
join pg_class c on c.oid = s.seqrelid
join pg_namespace n on n.oid = c.relnamespace
where c.oid = any (:'objects'::oid[])
