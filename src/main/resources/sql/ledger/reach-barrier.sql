-- Notes that a partition has come to an event for which all partitions of its topic have to be at one point.
-- Parameters: the event's position, its offset, pipeline, topic, partition.
update caravan.ledger
set barrier = ?, barrier_offset = ?, updated_at = now()
where pipeline = ? and topic = ? and partition = ?
