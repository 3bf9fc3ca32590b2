-- Which of these tables of the target another pipeline writes into that has not been cut over.
-- psql -v pipeline=ome -v tables='{public.devices}' -f tables-of-others.sql
select mine.table_name, min(mine.pipeline) as pipeline
from caravan.bootstrap mine
where mine.pipeline <> :'pipeline' and mine.table_name = any (:'tables'::text[]) and mine.step not in ('left', 'waiting')
  and not exists (select from caravan.bootstrap ended
                  where ended.pipeline = mine.pipeline and ended.table_name = 'cutover')
group by mine.table_name
