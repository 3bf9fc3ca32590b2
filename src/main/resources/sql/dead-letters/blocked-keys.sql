-- Which of these hashes of keys must wait: each has a letter that is neither replayed, discarded nor superseded. Pipeline and
-- table are in the hash, so that the index on blocks is the one that serves this, whatever the planner knows of the table.
select h.hash
from unnest(cast(:#hashes as bigint[])) as h(hash)
where exists (select from caravan.dead_letter d where d.state in ('rejected', 'held') and d.blocks @> array[h.hash])
