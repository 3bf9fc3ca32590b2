-- Every ordinary and partitioned table that can be replicated, one row per column, in the order of the columns.
-- Partitions are left out: their rows travel under the name of the root (publish_via_partition_root).
-- The key is the index that REPLICA IDENTITY USING INDEX names, else the primary key.
-- What is asked of a table is asked once, not again for each column: of thousands of tables that took seconds.
-- Nor is a lock asked for, as pg_partition_tree and pg_table_size do: of a table that somebody has for himself, or waits to have, as
-- VACUUM FULL has for hours, the size is the catalogue's.
with recursive part (root, oid) as (
    select i.inhparent, i.inhrelid from pg_inherits i join pg_class p on p.oid = i.inhparent
    where p.relkind = 'p' and not p.relispartition and not i.inhdetachpending
    union all
    select b.root, i.inhrelid from part b join pg_inherits i on i.inhparent = b.oid join pg_class p on p.oid = i.inhparent
    where p.relkind = 'p' and not i.inhdetachpending
),
held as materialized (
    select l.relation from pg_locks l
    where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
      and l.database = (select d.oid from pg_database d where d.datname = current_database())
),
chosen as materialized (
    select c.oid,
           n.nspname                                            as schema_name,
           c.relname                                            as table_name,
           c.relkind = 'p'                                      as partitioned,
           c.oid in (select f.confrelid from pg_constraint f
                     where f.contype = 'f' and f.confrelid <> f.conrelid) as referenced,
           c.relhasrules and exists (select from pg_rewrite w where w.ev_class = c.oid and w.ev_type = '2') as ruled_updates,
           array(select array[ln.nspname::text, l.relname::text]
                 from part b
                 join pg_class l on l.oid = b.oid
                 join pg_namespace ln on ln.oid = l.relnamespace
                 where c.relkind = 'p' and b.root = c.oid and l.relkind = 'r'
                 order by ln.nspname, l.relname)               as partitions,
           c.relreplident                                       as replica_identity,
           c.reltuples::bigint                                  as estimated_rows,
           case when c.relkind = 'p'
                then (select coalesce(sum(case when l.oid in (select relation from held)
                                               then l.relpages::bigint * current_setting('block_size')::int
                                               else pg_table_size(l.oid) end), 0)
                      from part b join pg_class l on l.oid = b.oid where b.root = c.oid)
                when c.oid in (select relation from held) then c.relpages::bigint * current_setting('block_size')::int
                else pg_table_size(c.oid) end                   as bytes
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p')
      and c.relpersistence = 'p'
      and not c.relispartition
      and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'caravan')
      -- Tables that belong to an extension come with the extension.
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
)
select c.schema_name, c.table_name, c.partitioned, c.referenced, c.ruled_updates, c.partitions, c.replica_identity, c.estimated_rows, c.bytes,
       a.attname                                            as column_name,
       format_type(a.atttypid, a.atttypmod)                 as column_type,
       -- Of a domain the type below it: a cast to a domain over varchar(3) would cut, the assignment after it refuses.
       format_type(b.oid, -1)                               as cast_type,
       a.attgenerated <> ''                                 as generated,
       a.attidentity = 'a'                                  as identity_always,
       a.attnotnull                                         as not_null,
       k.position                                           as key_position,
       coalesce(not i.indimmediate or not i.btree, false)    as key_unusable,
       e.operator                                           as key_operator,
       -- Types whose equal values have one text, but for what apply.TouchedKeys evens out; others have several ('1 mon', '30 days'),
       -- and so has text by a collation that is not deterministic, or whatever an operator class of someone's own calls equal.
       (b.typname = 'citext' or b.typtype = 'e'
        or (b.typnamespace = 'pg_catalog'::regnamespace
            and b.typname = any ('{bool,char,name,text,varchar,bpchar,bytea,bit,varbit,int2,int4,int8,numeric,float4,float8,money,oid,
                                   uuid,date,time,timetz,timestamp,timestamptz,inet,cidr,macaddr,macaddr8,pg_lsn,xid8}')))
       and coalesce(l.collisdeterministic, true)
       and coalesce(e.own or b.typname = 'citext', k.position is null) as equal_by_text
from chosen c
left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join lateral (with recursive below as (select t.oid, t.typname, t.typnamespace, t.typtype, t.typbasetype
                                            from pg_type t where t.oid = a.atttypid
                                            union all
                                            select t.oid, t.typname, t.typnamespace, t.typtype, t.typbasetype
                                            from below join pg_type t on t.oid = below.typbasetype)
                   select * from below where typtype <> 'd') b on true
left join lateral (select x.indkey::int2[] as columns, x.indclass::oid[] as classes, x.indcollation::oid[] as collations,
                          x.indnkeyatts, x.indimmediate,
                          m.amname = 'btree' as btree
                   from pg_index x join pg_class k on k.oid = x.indexrelid join pg_am m on m.oid = k.relam
                   -- with USING INDEX only that: once it is dropped, PostgreSQL knows rows by nothing
                   where x.indrelid = c.oid and case when c.replica_identity = 'i' then x.indisreplident else x.indisprimary end) i on true
left join lateral (select u.position
                   from unnest(i.columns[0:i.indnkeyatts - 1]) with ordinality as u(attnum, position)
                   where u.attnum = a.attnum) k on true
-- The equality that the key's index knows, by its full name: an extension's is on nobody's search path (3: btree's =).
left join lateral (select format('operator(%I.%s)', s.nspname, o.oprname) as operator,
                          s.nspname = 'pg_catalog' and o.oprname = '=' as own
                   from pg_opclass y
                   join pg_amop m on m.amopfamily = y.opcfamily and m.amopstrategy = 3
                                 and m.amoplefttype = y.opcintype and m.amoprighttype = y.opcintype
                   join pg_operator o on o.oid = m.amopopr
                   join pg_namespace s on s.oid = o.oprnamespace
                   where y.oid = i.classes[k.position - 1]) e on true
left join pg_collation l on l.oid = coalesce(i.collations[k.position - 1], a.attcollation)
order by c.schema_name, c.table_name, a.attnum
