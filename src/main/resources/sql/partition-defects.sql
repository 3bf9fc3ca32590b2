-- The partitions of a table (tables: the quoted name of one, in an array) whose rows' changes the stream cannot tell, and what mends them:
-- UNLOGGED, a foreign table, or with a replica identity that is neither FULL nor that of the table itself.
-- psql -v tables='{public.devices}' -f partition-defects.sql
-- pg_partition_tree would wait for whoever has a partition for himself.
with recursive part (root, parent, oid) as (
    select c.oid, i.inhparent, i.inhrelid from pg_class c join pg_inherits i on i.inhparent = c.oid
    where c.relkind = 'p' and c.oid in (select to_regclass(name) from unnest(:'tables'::text[]) name)
    union all
    select b.root, i.inhparent, i.inhrelid from part b join pg_inherits i on i.inhparent = b.oid join pg_class c on c.oid = i.inhparent
    where c.relkind = 'p'
)
select l.oid::regclass::text as partition,
       case when l.relkind = 'f' then 'foreign' when l.relpersistence = 'u' then 'unlogged' else 'identity' end as kind,
       l.relreplident as identity,
       case when l.relkind = 'f' then format('ALTER TABLE %s DETACH PARTITION %s', t.parent::regclass, l.oid::regclass)
            else format('ALTER TABLE %s %s', l.oid::regclass,
                        case when l.relpersistence = 'u' then 'SET LOGGED'
                             when r.relreplident = 'd' and p.indisprimary then 'REPLICA IDENTITY DEFAULT'
                             else 'REPLICA IDENTITY FULL' end) end as remedy
from part t
join pg_class r on r.oid = t.root
join pg_class l on l.oid = t.oid
left join pg_index p on p.indrelid = r.oid and p.indisprimary and p.indimmediate
where l.relkind <> 'p'
  and (l.relkind = 'f' or l.relpersistence = 'u'
       or (l.relreplident <> 'f'
           and not coalesce(l.relreplident = 'd' and r.relreplident = 'd' and p.indisprimary, false)
           and not (l.relreplident = 'i' and r.relreplident = 'i' and exists (
                 select from pg_index li join pg_inherits h on h.inhrelid = li.indexrelid
                 where li.indrelid = l.oid and li.indisreplident))))
order by 1
