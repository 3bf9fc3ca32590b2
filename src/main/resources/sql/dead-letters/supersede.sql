-- The rows that the letters speak of are gone with the TRUNCATE that came after them.
update caravan.dead_letter
set state = 'superseded', settled_at = now()
where pipeline = :#pipeline and table_name = :#table and state in ('rejected', 'held')
