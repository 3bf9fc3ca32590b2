-- The stream has gone beyond the copy: its snapshot must not be asked again, since transaction numbers wrap around.
update caravan.bootstrap
set copied_snapshot = null, updated_at = now()
where pipeline = :#pipeline and table_name = :#table
