-- An order and shipping shop: inheritance, a deferrable key, exclusion and check constraints, money, network, bit, range and
-- geometric types, hash partitions of two levels, a table without a key, names that need quotes, rules.
create schema shop;
create schema "Ship";
create type shop.status as enum ('new', 'paid', 'in transit', 'done');
create domain shop.email as text check (value like '%@%');
create table shop.party (
    id    integer primary key,
    name  text collate "C" not null,
    mail  shop.email,
    since date default current_date
);
create table shop.company (vat varchar(20), primary key (id)) inherits (shop.party);
create table shop."order" (
    id       uuid primary key,
    party_id integer not null,
    status   shop.status not null default 'new',
    total    money,
    flags    bit(8) not null default B'00000001',
    placed   timestamptz not null,
    valid    daterange,
    host     inet,
    mac      macaddr,
    "select" text
);
create table shop.line (
    order_id uuid references shop."order" on delete cascade deferrable initially deferred,
    no       integer,
    sku      text not null,
    quantity integer not null check (quantity > 0),
    price    double precision,
    primary key (order_id, no) deferrable initially immediate
);
alter table shop.line replica identity full; -- a deferrable key is none for PostgreSQL
create table "Ship".parcel (
    id     bigint not null,
    region text not null,
    pos    point,
    weight real,
    label  bytea,
    primary key (region, id)
) partition by list (region);
create table "Ship"."parcel EU" partition of "Ship".parcel for values in ('EU', 'UK') partition by hash (id);
create table "Ship".parcel_eu_0 partition of "Ship"."parcel EU" for values with (modulus 2, remainder 0);
create table "Ship".parcel_eu_1 partition of "Ship"."parcel EU" for values with (modulus 2, remainder 1);
create table "Ship".parcel_us partition of "Ship".parcel for values in ('US');
create table "Ship".event (at timestamptz, parcel bigint, what xml);
alter table "Ship".event replica identity full;
create table "Ship".booking (
    dock   integer primary key,
    during tsrange not null,
    exclude using gist (during with &&)
);
create function shop.total(uuid) returns numeric language sql stable as $$ select sum(quantity * price)::numeric from shop.line where order_id = $1 $$;
create view shop.open_orders as select * from shop."order" where status <> 'done';

insert into shop.party select n, 'Person ' || n, n || '@example.org' from generate_series(1, 100) n;
insert into shop.company select n, 'Company ' || n, null, null, 'VAT' || n from generate_series(101, 150) n;
insert into shop."order" select md5(n::text)::uuid, n % 150, (enum_range(null::shop.status))[1 + n % 4], n::money, n::bit(8),
       timestamptz '2024-01-01 00:00+00' + n * interval '1 h', daterange('2024-01-01', date '2024-01-01' + n), ('10.0.0.' || n % 250)::inet,
       '08:00:2b:01:02:03', case when n % 3 = 0 then E'tab\t' || n end
from generate_series(1, 300) n;
insert into shop.line select md5((1 + n % 300)::text)::uuid, n / 300, 'SKU-' || n, 1 + n % 9, n / 3.0 from generate_series(0, 899) n;
insert into "Ship".parcel select n, (array['EU', 'UK', 'US'])[1 + n % 3], point(n, -n), n / 3.0, decode(md5(n::text), 'hex') from generate_series(1, 300) n;
insert into "Ship".event select now(), n % 50, xmlelement(name e, n) from generate_series(1, 200) n;
insert into "Ship".booking select n, tsrange(timestamp '2024-01-01' + n * interval '1 d', timestamp '2024-01-01' + n * interval '1 d' + interval '20 h')
from generate_series(1, 50) n;
