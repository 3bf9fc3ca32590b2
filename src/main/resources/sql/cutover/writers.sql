-- Sessions of this database that have a transaction with changes at this moment, and transactions that are only prepared.
-- Where from and since when is hidden (NULL, as backend_start is) from roles without pg_read_all_stats, and left out then.
select format('process %s, user %s, application %s', a.pid, a.usename, coalesce(nullif(a.application_name, ''), '(no name)'))
       || case when a.backend_start is null then '' else ', from ' || coalesce(host(a.client_addr), 'the server itself') end
       || coalesce(', since ' || to_char(a.xact_start at time zone 'UTC', 'HH24:MI:SS'), '') as writer
from pg_stat_activity a
where a.datname = current_database() and a.pid <> pg_backend_pid() and a.backend_xid is not null
  and a.application_name <> 'caravan'
  and a.backend_type is distinct from 'autovacuum worker' -- writes to the catalogues only; hidden (NULL) from roles without pg_read_all_stats
union all
select format('prepared transaction %s of user %s', p.gid, p.owner)
from pg_prepared_xacts p
where p.database = current_database()
