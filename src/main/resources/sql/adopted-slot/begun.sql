-- The next transactions that a copy of a slot tells of, one a line; nothing once it has come to the end.
select substr(data, 7) as xid
from pg_logical_slot_get_changes(:'copy', :'end'::pg_lsn, 100000, 'include-xids', 'true', 'skip-empty-xacts', 'false')
where data like 'BEGIN %'
