-- The tables of a publication that were written to by transactions which committed at or after a position, as the slot tells them that nobody
-- reads: one line each. A change carries the table's oid, a TRUNCATE several after their number and its options, a transaction's
-- beginning the position of its commit (documentation of PostgreSQL, "Logical Replication Message Formats").
with message as materialized (
    select xid, data, chr(get_byte(data, 0)) as kind
    from pg_logical_slot_peek_binary_changes(:'slot', null, null, 'proto_version', '1', 'publication_names', :'publication')
),
late as (
    select xid
    from message
    where kind = 'B' and ('x' || encode(substr(data, 2, 8), 'hex'))::bit(64)::bigint >= (:'position'::pg_lsn - '0/0')::bigint
),
written as (
    select substr(data, case kind when 'T' then 7 else 2 end, 4) as oid
    from message
    join late using (xid)
    where kind in ('I', 'U', 'D', 'T')
)
select format('%s (%s %s)', ('x' || encode(oid, 'hex'))::bit(32)::bigint::oid::regclass, count(*),
              case count(*) when 1 then 'change' else 'changes' end) as line
from written
group by oid
order by line
