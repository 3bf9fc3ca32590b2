-- Begins the line of a partition that someone added to a topic of the pipeline, behind those that its events are spread over: no change is
-- sent there. One of these that has no line lost it. Parameters: partition, pipeline, topic, partition.
insert into caravan.ledger (pipeline, topic, partition, next_offset)
select l.pipeline, l.topic, cast(? as integer), 0
from caravan.ledger l
left join caravan.bootstrap b on b.pipeline = l.pipeline and b.table_name = 'partitioning'
where l.pipeline = ? and l.topic = ? and l.partition = 0
  and ? >= coalesce(cast(nullif(b.detail, '')::jsonb -> l.topic ->> 'partitions' as integer), 1)
on conflict do nothing
