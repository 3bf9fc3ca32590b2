-- The letters that were asked for, in the order in which they came. Parameters: pipeline, ids or null, table or null, whether
-- settled ones count too, the most to return.
select d.id, d.table_name, d.topic, d.partition, d."offset", d.op, d.state, d.sqlstate, d.error, d.keys::text as keys,
       d.key_columns::text as key_columns, d.blocks, d.source_lsn::text as source_lsn, d.event, d.record,
       d.headers::text as headers, d.created_at::text as created_at, d.settled_at::text as settled_at
from caravan.dead_letter d
where d.pipeline = ?
  and d.id = any (coalesce(cast(? as bigint[]), array[d.id]))
  and d.table_name = coalesce(?, d.table_name)
  and (? or d.state in ('rejected', 'held'))
order by d.table_name, d."offset"
limit ?
