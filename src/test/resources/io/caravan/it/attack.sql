-- What the attack writes to besides the tables of load.sql: a table without a key whose rows repeat and hold large values,
-- unchanged large values of several types, a unique constraint that is checked at the commit, and a partitioned table.
create table logbook (
    who  text,
    what text,
    size integer
);
alter table logbook replica identity full;
create table wide (
    id      integer primary key,
    counter integer not null default 0,
    doc     jsonb,
    words   text[],
    bytes   bytea,
    doubled integer generated always as (counter * 2) stored
);
create table seat (
    place text primary key,
    guest text unique deferrable initially deferred
);
create table reading (
    id    integer,
    day   date,
    value numeric,
    primary key (id, day)
) partition by range (day);
create table reading_old partition of reading for values from ('2000-01-01') to ('2020-01-01');
create table reading_new partition of reading for values from ('2020-01-01') to ('2040-01-01');

insert into wide (id, doc, words, bytes)
select n,
       (select jsonb_object_agg(m, md5(n::text || m)) from generate_series(1, 100) m),
       (select array_agg(md5(m::text || n)) from generate_series(1, 100) m),
       (select string_agg(sha256((n::text || m)::bytea), '') from generate_series(1, 100) m)
from generate_series(1, 100) n;
insert into seat select 'place ' || n, 'guest ' || n from generate_series(0, 29) n;
insert into reading select n, date '2019-12-01' + n, n from generate_series(0, 199) n;
insert into logbook select 'start', null, n % 5 from generate_series(1, 500) n;
