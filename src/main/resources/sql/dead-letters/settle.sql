update caravan.dead_letter
set state = 'replayed', settled_at = now()
where id = any (cast(:#ids as bigint[])) and state in ('rejected', 'held')
