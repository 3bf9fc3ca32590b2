-- CREATE TABLE with columns, defaults, identity and NOT NULL. Partitions are made on their own, with all their columns in their
-- own order, and attached later (attach.sql); an identity column reaches them through the attaching.
with column_list as (
    select a.attrelid,
           string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
               'COLLATE ' || (select format('%I.%I', ln.nspname, l.collname)
                              from pg_collation l join pg_namespace ln on ln.oid = l.collnamespace
                              where l.oid = a.attcollation and l.oid <> t.typcollation),
               case when a.attgenerated <> '' then format('GENERATED ALWAYS AS (%s) %s', pg_get_expr(d.adbin, d.adrelid),
                                                         case a.attgenerated when 's' then 'STORED' else 'VIRTUAL' end)
                    when d.oid is not null then 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) end,
               (select format('GENERATED %s AS IDENTITY (SEQUENCE NAME %I.%I START WITH %s INCREMENT BY %s MINVALUE %s'
                              || ' MAXVALUE %s CACHE %s%s)',
                              case a.attidentity when 'a' then 'ALWAYS' else 'BY DEFAULT' end, sn.nspname, sc.relname,
                              s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
                              case when s.seqcycle then ' CYCLE' else '' end)
                from pg_depend o
                join pg_sequence s on s.seqrelid = o.objid
                join pg_class sc on sc.oid = s.seqrelid
                join pg_namespace sn on sn.oid = sc.relnamespace
                where a.attidentity <> '' and not c.relispartition and o.classid = 'pg_class'::regclass
                  and o.refclassid = 'pg_class'::regclass and o.refobjid = a.attrelid and o.refobjsubid = a.attnum
                  and o.deptype = 'i'),
               -- From PostgreSQL 18 on NOT NULL is a constraint with a name; one that is not validated comes after the rows, and
               -- a chosen parent hands its own down.
               case when a.attnotnull and coalesce(nn.convalidated, true)
                     and (nn.oid is null or nn.conislocal or c.relispartition or not exists (
                            select from pg_inherits i where i.inhrelid = c.oid and i.inhparent = any (:'objects'::oid[])))
                    then coalesce('CONSTRAINT ' || quote_ident(nn.conname) || ' ', '') || 'NOT NULL'
                         || case when nn.connoinherit then ' NO INHERIT' else '' end end
           ), E',\n    ' order by a.attnum) as columns
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_type t on t.oid = a.atttypid
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    left join pg_constraint nn on nn.conrelid = a.attrelid and nn.contype = 'n' and nn.conkey[1] = a.attnum
    where a.attrelid = any (:'objects'::oid[]) and a.attnum > 0 and not a.attisdropped
      and (c.relispartition or a.attislocal or not exists (
              select from pg_inherits i
              join pg_attribute p on p.attrelid = i.inhparent and p.attname = a.attname and not p.attisdropped
              where i.inhrelid = a.attrelid and i.inhparent = any (:'objects'::oid[])))
    group by a.attrelid
)
select c.oid,
       concat_ws(E'\n',
           format('CREATE %sTABLE %I.%I (', case when c.relpersistence = 'u' and c.relkind = 'r' then 'UNLOGGED ' else '' end,
                  n.nspname, c.relname),
           '    ' || l.columns,
           ')',
           'INHERITS (' || (
               select string_agg(format('%I.%I', pn.nspname, p.relname), ', ' order by i.inhseqno)
               from pg_inherits i
               join pg_class p on p.oid = i.inhparent
               join pg_namespace pn on pn.oid = p.relnamespace
               where i.inhrelid = c.oid and not c.relispartition and p.oid = any (:'objects'::oid[])) || ')',
           'PARTITION BY ' || case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
           'USING ' || (select quote_ident(m.amname) from pg_am m where m.oid = c.relam and m.amname <> 'heap'),
           'WITH (' || nullif(concat_ws(', ',
               (select string_agg(format('%s=%L', option_name, option_value), ', ')
                from pg_options_to_table(c.reloptions)),
               (select string_agg(format('toast.%s=%L', o.option_name, o.option_value), ', ')
                from pg_class t cross join lateral pg_options_to_table(t.reloptions) o
                where t.oid = c.reltoastrelid)), '') || ')') as sql
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join column_list l on l.attrelid = c.oid
where c.oid = any (:'objects'::oid[]) and c.relkind in ('r', 'p')
