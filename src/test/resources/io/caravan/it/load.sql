-- The tables that Load writes to: large values, a composite key with capitals, a secondary unique constraint, a foreign key
-- that cascades, one table without a key, one that is truncated.
create table item (
    id       integer primary key,
    name     text not null,
    quantity integer not null default 0,
    notes    text,
    changed  timestamptz not null default now()
);
create table "Order Line" (
    "order" integer,
    line    integer,
    item_id integer references item on update cascade on delete cascade,
    amount  numeric(12, 2) not null,
    primary key ("order", line)
);
create table account (
    id      integer primary key,
    iban    text not null unique,
    balance numeric not null default 0
);
create table journal (
    at   timestamptz not null,
    what text not null,
    n    integer
);
alter table journal replica identity full;
create table scratch (
    id   bigint generated always as identity primary key,
    word text
);

insert into item (id, name, notes)
select n, 'item ' || n, case when n % 20 = 0 then (select string_agg(md5(n::text || m), '') from generate_series(1, 200) m) end
from generate_series(1, 1000) n;
insert into "Order Line" select n / 4, n % 4, n, n * 1.25 from generate_series(4, 999) n;
insert into account select n, 'DE' || n, n from generate_series(1, 200) n;
insert into journal select now(), 'start', n % 7 from generate_series(1, 300) n;
insert into scratch (word) select 'w' || n from generate_series(1, 50) n;
