-- One publication: a row for itself (no table), and one for each table that it has, by itself, by schema or with all others.
-- Object ids and the row's version tell that something was changed and changed back.
select null as schema_name, null as table_name, p.oid || ':' || p.xmin as version, pg_get_userbyid(p.pubowner) as owner,
       not (p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate and p.pubviaroot
            and coalesce(to_jsonb(p) ->> 'pubgencols', 's') = 's') as partial -- generated columns since PostgreSQL 18
from pg_publication p
where p.pubname = :'publication'
union all
select m.schema_name, m.table_name, string_agg(m.version, ',' order by m.version), null, bool_and(m.partial)
from (select n.nspname as schema_name, c.relname as table_name, 'table ' || r.oid as version,
             r.prqual is not null or r.prattrs is not null as partial
      from pg_publication p
      join pg_publication_rel r on r.prpubid = p.oid
      join pg_class c on c.oid = r.prrelid
      join pg_namespace n on n.oid = c.relnamespace
      where p.pubname = :'publication'
      union all
      select n.nspname, c.relname, 'schema ' || r.oid, false
      from pg_publication p
      join pg_publication_namespace r on r.pnpubid = p.oid
      join pg_namespace n on n.oid = r.pnnspid
      join pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p') and not c.relispartition
      where p.pubname = :'publication'
      union all
      select n.nspname, c.relname, 'all', false
      from pg_publication p, pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      where p.pubname = :'publication' and p.puballtables and c.relkind in ('r', 'p') and not c.relispartition
        and c.relpersistence = 'p' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema') m
group by m.schema_name, m.table_name
