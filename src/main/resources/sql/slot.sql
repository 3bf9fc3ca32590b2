-- One slot: who reads it, how far it is confirmed, how much WAL it keeps from being removed.
select s.database,
       s.plugin,
       coalesce(s.active_pid, 0)            as active_pid,
       s.confirmed_flush_lsn::text          as confirmed_flush_lsn,
       coalesce(s.wal_status, 'reserved')   as wal_status,
       coalesce(pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end,
                                s.confirmed_flush_lsn), 0)::bigint as retained_bytes
from pg_replication_slots s
where s.slot_name = ?
