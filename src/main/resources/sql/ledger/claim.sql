-- Locks the partition's line, so that no other instance and no stale consumer can apply the same events meanwhile.
-- Whoever had to wait for the lock gets the newest version of the locked line, but of all else what was there when it began to
-- wait (EvalPlanQual, read committed): it must ask once more. "was" is the line as it was then.
select l.next_offset,
       l.stream_position,
       case when not l.beyond_copy then b.copied_snapshot end as copied_snapshot,
       b.copied_lsn::text as copied_lsn,
       exists (select from caravan.dead_letter d
               where d.pipeline = l.pipeline and d.table_name = :#table and d.state in ('rejected', 'held')) as has_letters,
       l.xmin <> was.xmin as stale,
       exists (select from caravan.bootstrap c where c.pipeline = l.pipeline and c.table_name = 'cutover') as cut_over
from caravan.ledger l
join caravan.ledger was on was.pipeline = l.pipeline and was.topic = l.topic and was.partition = l.partition
left join caravan.bootstrap b on b.pipeline = l.pipeline and b.table_name = :#table
where l.pipeline = :#pipeline and l.topic = :#topic and l.partition = :#partition
for update of l
