-- Locks the lines of all partitions of a topic, so that nothing is applied from it until the transaction ends.
select count(*)
from (select from caravan.ledger l where l.pipeline = :#pipeline and l.topic = :#topic order by l.partition for update) line
