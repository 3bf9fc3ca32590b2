-- Triggers and rules of the target's tables, and of partitions of theirs, that can change rows which Caravan writes or leave them
-- out: those on each row before it is written (2 of tgtype, with 1) and the rules, as far as they act in a session with
-- session_replication_role=replica (ENABLE ALWAYS or REPLICA).
-- psql -v tables='{public.devices}' -f status/altering-triggers.sql
with recursive part (position, oid) as (
    select position, to_regclass(name)::oid from unnest(:'tables'::text[]) with ordinality as t(name, position)
    union all
    select p.position, i.inhrelid from part p join pg_inherits i on i.inhparent = p.oid join pg_class c on c.oid = i.inhrelid
    where c.relispartition
)
select p.position, e.kind || ' ' || quote_ident(e.name) as name, p.oid::regclass::text as holder
from part p
join lateral (select t.tgname as name, 'TRIGGER' as kind from pg_trigger t
              where t.tgrelid = p.oid and not t.tgisinternal and t.tgenabled in ('A', 'R') and t.tgtype & 3 = 3
              union all
              select r.rulename, 'RULE' from pg_rewrite r where r.ev_class = p.oid and r.ev_type <> '1' and r.ev_enabled in ('A', 'R')) e on true
order by p.position, p.oid, 2
