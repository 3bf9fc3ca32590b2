-- The partitions of a table (parameter: its quoted name) whose replica identity is neither FULL nor that of the table itself,
-- and what mends them.
select l.oid::regclass::text as partition,
       l.relreplident as identity,
       format('ALTER TABLE %s REPLICA IDENTITY %s', l.oid::regclass,
              case when r.relreplident = 'd' and p.indisprimary then 'DEFAULT' else 'FULL' end) as remedy
from pg_class r
cross join lateral pg_partition_tree(r.oid) t
join pg_class l on l.oid = t.relid
left join pg_index p on p.indrelid = r.oid and p.indisprimary and p.indimmediate
where r.oid = ?::regclass and t.isleaf and l.oid <> r.oid and l.relreplident <> 'f'
  and not coalesce(l.relreplident = 'd' and r.relreplident = 'd' and p.indisprimary, false)
  and not (l.relreplident = 'i' and r.relreplident = 'i' and exists (
        select from pg_index li join pg_inherits h on h.inhrelid = li.indexrelid
        where li.indrelid = l.oid and li.indisreplident))
order by 1
