-- Every letter of the table that waits, with what is needed to apply it, in the order of the source's commits.
select d.id, d.table_name, d.topic, d.partition, d."offset", d.op, d.state, d.sqlstate, d.error, d.keys::text as keys,
       d.key_columns::text as key_columns, d.blocks, d.source_lsn::text as source_lsn, d.event, d.record,
       d.headers::text as headers, d.created_at::text as created_at, d.settled_at::text as settled_at
from caravan.dead_letter d
where d.pipeline = :#pipeline and d.table_name = :#table and d.state in ('rejected', 'held')
order by d."offset"
