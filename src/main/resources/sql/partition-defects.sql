-- The partitions of a table (tables: the quoted name of one, in an array) whose rows' changes the stream cannot tell, and what mends them:
-- UNLOGGED, a foreign table, or with a replica identity that is neither FULL nor that of the table itself.
-- psql -v tables='{public.devices}' -f partition-defects.sql
select l.oid::regclass::text as partition,
       case when l.relkind = 'f' then 'foreign' when l.relpersistence = 'u' then 'unlogged' else 'identity' end as kind,
       l.relreplident as identity,
       case when l.relkind = 'f' then format('ALTER TABLE %s DETACH PARTITION %s', t.parentrelid, l.oid::regclass)
            else format('ALTER TABLE %s %s', l.oid::regclass,
                        case when l.relpersistence = 'u' then 'SET LOGGED'
                             when r.relreplident = 'd' and p.indisprimary then 'REPLICA IDENTITY DEFAULT'
                             else 'REPLICA IDENTITY FULL' end) end as remedy
from pg_class r
cross join lateral pg_partition_tree(r.oid) t
join pg_class l on l.oid = t.relid
left join pg_index p on p.indrelid = r.oid and p.indisprimary and p.indimmediate
where r.oid in (select to_regclass(name) from unnest(:'tables'::text[]) name) and t.isleaf and l.oid <> r.oid
  and (l.relkind = 'f' or l.relpersistence = 'u'
       or (l.relreplident <> 'f'
           and not coalesce(l.relreplident = 'd' and r.relreplident = 'd' and p.indisprimary, false)
           and not (l.relreplident = 'i' and r.relreplident = 'i' and exists (
                 select from pg_index li join pg_inherits h on h.inhrelid = li.indexrelid
                 where li.indrelid = l.oid and li.indisreplident))))
order by 1
