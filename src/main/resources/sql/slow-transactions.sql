-- Transactions of the whole server that have written and are not over for a minute: making a logical slot waits for each of
-- them (documentation of CREATE_REPLICATION_SLOT). Prepared ones have no process. Since when those of other roles are open is
-- hidden (NULL) from roles without pg_read_all_stats: all of them are here, and the same one is still here at a second look.
select format('The transaction of process %s of database %s', pid, datname) as what,
       backend_xid::text                                 as xid,
       xact_start                                        as since,
       format('SELECT pg_terminate_backend(%s)', pid)    as remedy
from pg_stat_activity
where backend_xid is not null and pid <> pg_backend_pid()
  and (backend_start is null or xact_start < now() - interval '1 minute')
union all
select format('Prepared transaction %L of database %s', gid, database), transaction::text, prepared,
       format('COMMIT PREPARED %1$L or ROLLBACK PREPARED %1$L in that database', gid)
from pg_prepared_xacts
order by since
