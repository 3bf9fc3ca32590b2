-- How many letters of the table wait, counted no further than it matters.
select count(*)
from (select from caravan.dead_letter
      where pipeline = :#pipeline and table_name = :#table and state in ('rejected', 'held')
      limit :#enough) as waiting
