-- Under the lock of the ledger's line, as everything else that changes what waits.
with line as materialized (
    select l.topic from caravan.ledger l where l.pipeline = ? and l.topic in (
        select d.topic from caravan.dead_letter d where d.pipeline = ? and d.id = any (cast(? as bigint[])))
    order by l.topic
    for update)
update caravan.dead_letter d
set state = 'discarded', settled_at = now()
where d.pipeline = ? and d.id = any (cast(? as bigint[])) and d.state in ('rejected', 'held')
  and (select count(*) from line) >= 0
returning d.id
