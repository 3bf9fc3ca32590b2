-- A film rental shop: enums, domains, arrays, tsvector, a composite type, a partitioned table, self references, views,
-- functions and triggers, over two schemas.
create schema catalogue;
create schema "Front Desk";

create type catalogue.rating as enum ('G', 'PG', 'PG-13', 'R', 'NC-17');
create domain catalogue.year as integer check (value between 1895 and 2155);
create type "Front Desk".address as (street text, "house no" text, city text);
create sequence catalogue.film_id_seq start 1000;

create table catalogue.language (
    language_id smallint primary key,
    name        character(20) not null
);
create table catalogue.film (
    film_id      integer primary key default nextval('catalogue.film_id_seq'),
    title        varchar(255) not null,
    description  text,
    release_year catalogue.year,
    language_id  smallint not null references catalogue.language on update cascade,
    sequel_of    integer references catalogue.film,
    rental_rate  numeric(4, 2) not null default 4.99,
    length       smallint,
    rating       catalogue.rating default 'G',
    features     text[],
    fulltext     tsvector not null,
    extras       jsonb,
    last_update  timestamp not null default now()
);
create index on catalogue.film using gist (fulltext);
create table catalogue.actor (
    actor_id integer generated always as identity primary key,
    name     text not null,
    full_sort text generated always as (upper(name)) stored
);
create table catalogue.film_actor (
    actor_id integer references catalogue.actor,
    film_id  integer references catalogue.film on delete cascade,
    primary key (actor_id, film_id)
);
create table "Front Desk".customer (
    customer_id serial primary key,
    "E-Mail"    text unique,
    home        "Front Desk".address,
    visits      tstzrange[],
    active      boolean not null default true
);
create table "Front Desk".payment (
    payment_id  bigserial,
    customer_id integer not null references "Front Desk".customer on delete cascade,
    amount      numeric(8, 2) not null,
    paid_on     date not null,
    primary key (payment_id, paid_on)
) partition by range (paid_on);
create table "Front Desk".payment_2024 partition of "Front Desk".payment for values from ('2024-01-01') to ('2025-01-01');
create table "Front Desk".payment_2025 partition of "Front Desk".payment for values from ('2025-01-01') to ('2026-01-01');
create table "Front Desk".payment_rest partition of "Front Desk".payment default;

create function catalogue.touch() returns trigger language plpgsql as $$
begin
    new.last_update := now();
    new.fulltext := to_tsvector('english', new.title || ' ' || coalesce(new.description, ''));
    return new;
end $$;
create trigger film_touch before insert or update on catalogue.film for each row execute function catalogue.touch();
create view "Front Desk".income as select customer_id, sum(amount) from "Front Desk".payment group by 1;
create materialized view catalogue.by_rating as select rating, count(*) from catalogue.film group by 1;

insert into catalogue.language select n, 'language ' || n from generate_series(1, 6) n;
insert into catalogue.film (film_id, title, description, release_year, language_id, sequel_of, length, rating, features, extras)
select n, 'FILM ' || n, 'A tale of number ' || n, 1950 + n % 70, 1 + n % 6, nullif(n % 10, 0), n % 200,
       (enum_range(null::catalogue.rating))[1 + n % 5], array['Trailers', null, 'quote "' || n], jsonb_build_object('n', n)
from generate_series(1, 400) n;
insert into catalogue.actor (name) select 'Actor ' || n from generate_series(1, 100) n;
insert into catalogue.film_actor select 1 + n % 100, n from generate_series(1, 400) n;
insert into "Front Desk".customer ("E-Mail", home, visits)
select n || '@example.org', row('Street, "' || n, n, null), array[tstzrange('2024-01-01 00:00+00', null)] from generate_series(1, 200) n;
insert into "Front Desk".payment (customer_id, amount, paid_on)
select 1 + n % 200, n / 7.0, date '2023-12-01' + n % 900 from generate_series(1, 1000) n;
