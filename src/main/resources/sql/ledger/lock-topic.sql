-- Locks the lines of all partitions of a topic, so that nothing is applied from it until the transaction ends.
select count(*) as lines,
       exists (select from caravan.bootstrap c where c.pipeline = :#pipeline and c.table_name = 'cutover') as cut_over
from (select from caravan.ledger l where l.pipeline = :#pipeline and l.topic = :#topic order by l.partition for update) line
