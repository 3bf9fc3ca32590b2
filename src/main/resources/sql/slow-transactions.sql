-- Transactions of the whole server that have written and are not over for a minute: making a logical slot waits for each of
-- them (documentation of CREATE_REPLICATION_SLOT). Prepared ones have no process. What the role may not see is left out.
select format('The transaction of process %s of database %s', pid, datname) as what,
       xact_start                                        as since,
       format('SELECT pg_terminate_backend(%s)', pid)    as remedy
from pg_stat_activity
where backend_xid is not null and pid <> pg_backend_pid() and xact_start < now() - interval '1 minute'
union all
select format('Prepared transaction %L of database %s', gid, database), prepared,
       format('COMMIT PREPARED %1$L or ROLLBACK PREPARED %1$L in that database', gid)
from pg_prepared_xacts
order by since
