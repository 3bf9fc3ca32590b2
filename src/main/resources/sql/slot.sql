-- One slot: who reads it, how far it is confirmed, how much WAL it keeps from being removed.
select s.database,
       s.plugin,
       coalesce(s.active_pid, 0)            as active_pid,
       coalesce(r.application_name, '')     as reader,
       s.confirmed_flush_lsn::text          as confirmed_flush_lsn,
       coalesce(s.wal_status, 'reserved')   as wal_status,
       coalesce(pg_wal_lsn_diff(w.position, s.confirmed_flush_lsn), 0)::bigint as retained_bytes,
       coalesce(pg_wal_lsn_diff(w.position, s.restart_lsn), 0)::bigint         as held_bytes,
       s.safe_wal_size                      as safe_bytes,
       coalesce(to_jsonb(s) ->> 'invalidation_reason', '') as invalidation  -- a column since PostgreSQL 17
from pg_replication_slots s
     left join pg_stat_activity r on r.pid = s.active_pid,
     (select case when pg_is_in_recovery() then pg_last_wal_receive_lsn() else pg_current_wal_lsn() end as position) w
where s.slot_name = ?
