-- Which server and which of its databases this is, on which timeline, and how far its WAL has reached the disk.
select s.system_identifier::text as system_identifier,
       (select oid::bigint from pg_database where datname = current_database()) as database_oid,
       pg_is_in_recovery()       as standby,
       case when pg_is_in_recovery() then 0
            else ('x' || substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8))::bit(32)::int end as timeline,
       (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end)::text as flushed
from pg_control_system() s
