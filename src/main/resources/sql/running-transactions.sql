-- The transactions of this database that have written and not ended: each holds a lock on its own number until others can see
-- what it did. Prepared ones have no process.
select l.transactionid::text          as xid,
       coalesce(l.pid, 0)             as pid
from pg_locks l
where l.locktype = 'transactionid' and l.mode = 'ExclusiveLock' and l.granted
  and (exists (select from pg_stat_activity a where a.pid = l.pid and a.datname = current_database())
       or exists (select from pg_prepared_xacts p
                  where p.transaction::text = l.transactionid::text and p.database = current_database()))
