-- How far the connector's walsender has read the WAL, and how much there still is. While it decodes one large transaction only
-- the ledger moves. The role sees its own walsender's position only, which the connector's is. Parameter: slot.
select coalesce(r.sent_lsn, s.confirmed_flush_lsn)::text as read_up_to,
       coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(r.sent_lsn, s.confirmed_flush_lsn)), 0)::bigint as left_bytes
from pg_replication_slots s
left join pg_stat_replication r on r.pid = s.active_pid
where s.slot_name = ?
