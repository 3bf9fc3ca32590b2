-- The keys whose later changes must wait: each has a letter that is neither replayed nor discarded.
select distinct k.value::text as key
from caravan.dead_letter d, jsonb_array_elements(d.keys) k
where d.pipeline = :#pipeline and d.table_name = :#table and d.state in ('rejected', 'held')
