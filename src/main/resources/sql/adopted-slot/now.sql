-- The oldest transaction that may still write, the end of the WAL, a name for a slot of this session's own, and the oldest
-- transaction that the slot may need; one that was invalidated needs none any more, and 2 is older than all.
select pg_snapshot_xmin(pg_current_snapshot())::xid::text as running,
       pg_current_wal_insert_lsn()::text                  as lsn,
       'caravan_copy_' || pg_backend_pid()                as copy,
       coalesce((select catalog_xmin from pg_replication_slots where slot_name = :'slot'), '2')::text as needed
