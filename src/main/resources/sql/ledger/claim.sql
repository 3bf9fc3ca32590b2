-- Locks the partition's line, so that no other instance and no stale consumer can apply the same events meanwhile.
select l.next_offset,
       b.copied_snapshot,
       b.copied_lsn::text as copied_lsn,
       exists (select from caravan.dead_letter d
               where d.pipeline = l.pipeline and d.table_name = :#table and d.state in ('rejected', 'held')) as has_letters
from caravan.ledger l
left join caravan.bootstrap b on b.pipeline = l.pipeline and b.table_name = :#table
where l.pipeline = :#pipeline and l.topic = :#topic and l.partition = :#partition
for update of l
