-- It would end with the session; dropped, it keeps no WAL and takes no place until then.
select pg_drop_replication_slot(:'copy')
