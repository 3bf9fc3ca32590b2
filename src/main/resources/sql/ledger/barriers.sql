-- Where the partitions of a topic are that has several, the first one first. Parameters: pipeline, topic.
select l.partition, l.next_offset, l.stream_position, l.barrier, l.barrier_offset
from caravan.ledger l
join caravan.bootstrap b on b.pipeline = l.pipeline and b.table_name = 'partitioning'
where l.pipeline = ? and l.topic = ? and l.partition < cast(nullif(b.detail, '')::jsonb -> l.topic ->> 'partitions' as integer)
order by l.partition
