-- Tables with a column for every type of edge-values.sql: alone, in arrays, under domains, inside a composite type, in keys,
-- without a key. The first row of each column has its first value, the next one the next, NULL after the last, and so on in a circle.
-- Whatever PostgreSQL can store out of line is stored so, but for keys.
create schema matrix;
create schema "Other Schema";
create type matrix.mood as enum ('sad', 'it''s "ok"', 'čau, {} \', 'NULL');
create type "Other Schema".mood as enum ('x', 'sad');
create type "Other Schema".money as enum ('much', 'little');
create domain matrix.d_mood as matrix.mood not null default 'sad';
create domain matrix.dd_mood as matrix.d_mood;
create type matrix.moodrange as range (subtype = matrix.mood);
create type matrix.textrange as range (subtype = text, collation = "C");
create type "Other Schema".int4 as (a integer, "B b" text, c matrix.mood[], d numeric);
create domain matrix.ints as integer[] check (value is null or cardinality(value) < 100);

create table definition.spec (position integer generated always as identity, name text, declared text, edges text[], delimiter text);
insert into definition.spec (name, declared, edges, delimiter)
select 'c_' || t.typname, format_type(t.oid, -1), array_agg(e.value order by e.number), t.typdelim
from pg_type t join definition.edge e on e.type = t.oid group by t.oid order by t.typname;
insert into definition.spec (name, declared, edges, delimiter)
select 'c_' || t.typname, format_type(t.oid, -1), array[null], t.typdelim
from pg_type t join definition.without_values w on w.type = t.oid order by t.typname;
insert into definition.spec (name, declared, edges, delimiter)
select 'm_' || row_number() over (), declared, edges, ','
from (values ('numeric(20,5)', array['1.5', '-99999.99999', 'NaN']), ('numeric(3,-2)', array['12300', '-100']),
             ('numeric(2,4)', array['0.0012', '0']), ('varchar(3)', array['ab ', 'žžž', '']), ('char(10)', array['ab', '', 'žluťoučký1']),
             ('bit(3)', array['101']), ('varbit(8)', array['10110', '']), ('timestamp(0)', array['2024-01-02 03:04:05']),
             ('timestamptz(3)', array['2024-01-02 03:04:05.123+00', 'infinity']), ('time(2)', array['12:34:56.12']),
             ('timetz(1)', array['12:34:56.1+02']), ('interval(3)', array['1 day 00:00:00.123']),
             ('interval year to month', array['1 year 2 mons']), ('interval day to second(2)', array['1 day 00:00:00.12'])) v(declared, edges);
insert into definition.spec (name, declared, edges, delimiter)
values ('u_mood', 'matrix.mood', enum_range(null::matrix.mood)::text[], ','),
       ('u_other_mood', '"Other Schema".mood', array['x', 'sad'], ','),
       ('u_d_mood', 'matrix.d_mood', array['sad', 'NULL'], ','),
       ('u_dd_mood', 'matrix.dd_mood', array['it''s "ok"'], ','),
       ('u_other_money', '"Other Schema".money', array['much', 'little'], ','),
       ('u_moodrange', 'matrix.moodrange', array['empty', '["it''s ""ok""","čau, {} \\"]', '(,)'], ','),
       ('u_textrange', 'matrix.textrange', array['empty', '["","a ""b"" \\ ,)")', '[,NULL)', '[a,' || repeat('ž', 150) || ')'], ','),
       ('u_textmultirange', 'matrix.textmultirange', array['{}', '{[a,b),["c, \\"" ",d]}'], ','),
       ('u_other_int4', '"Other Schema".int4', array['(,,,)', '(1,"a ""b"" \\ ,)","{sad,""NULL"",NULL}",1.10)', '(2,"",{},NaN)'], ','),
       ('u_ints', 'matrix.ints', array['{}', '{1,NULL}', '[0:1]={1,2}'], ',');

-- The array of these elements, as text.
create function definition.array_of(elements text[], delimiter text) returns text immutable language sql as $$
    select '{' || coalesce(string_agg(case when e is null then 'NULL'
                                           else '"' || replace(replace(e, '\', '\\'), '"', '\"') || '"' end, delimiter order by o), '') || '}'
    from unnest(elements) with ordinality u(e, o)
$$;
-- Empty, one dimension, two, other lower bounds. A domain that is NOT NULL has no NULL in its arrays.
create function definition.arrays(edges text[], delimiter text, nullable boolean) returns text[] immutable language sql as $$
    select array['{}',
                 definition.array_of(case when nullable then edges || null::text else edges end, delimiter),
                 '{' || definition.array_of(array[first, last], delimiter) || delimiter || definition.array_of(array[last, hole], delimiter) || '}',
                 '[-2:-1]=' || definition.array_of(array[first, hole], delimiter),
                 '[0:0][5:6]={' || definition.array_of(array[last, first], delimiter) || '}']
    from (values (edges[1], edges[cardinality(edges)], case when nullable then null else edges[1] end)) v(first, last, hole)
$$;

create function definition.is_nullable(declared text) returns boolean immutable language sql as $$
    select declared not in ('matrix.d_mood', 'matrix.dd_mood')
$$;
create table definition.made (name text, spec integer, column_name text, declared text, edges text[]);
insert into definition.made
select 'scalars', position, name, declared, case when definition.is_nullable(declared) then edges || null::text else edges end from definition.spec
union all select 'arrays', position, name, declared || '[]',
                 definition.arrays(edges, delimiter, definition.is_nullable(declared)) || null::text from definition.spec
                 where to_regtype(declared || '[]') is not null;
do $$
declare spec definition.spec;
begin
    for spec in select * from definition.spec where edges[1] is not null order by position loop
        execute format('create domain matrix.%I as %s', 'd_' || spec.name, spec.declared);
        insert into definition.made
        values ('domains', spec.position, spec.name, format('matrix.%I', 'd_' || spec.name),
                case when definition.is_nullable(spec.declared) then spec.edges || null::text else spec.edges end),
               ('domain_arrays', spec.position, spec.name, format('matrix.%I[]', 'd_' || spec.name),
                definition.arrays(spec.edges, spec.delimiter, definition.is_nullable(spec.declared)) || null::text);
    end loop;
end $$;
-- As keys: whatever btree takes, at most 20 beside the id.
do $$
declare wanted definition.made; number integer := 0; tables text[];
begin
    for wanted in select * from definition.made where name in ('scalars', 'arrays', 'domains') order by name, spec loop
        begin
            execute format('create table matrix.attempt (k %s primary key)', wanted.declared);
            drop table matrix.attempt;
            execute format('select count(*) from (select %1$L::%2$s as k union all select %1$L::%2$s order by k) pair',
                           wanted.edges[least(2, cardinality(array_remove(wanted.edges, null)))], wanted.declared);
            if wanted.edges[1] is not null then
                number := number + 1;
                insert into definition.made
                values ('keys_' || 1 + number / 20, wanted.spec, 'k_' || number, wanted.declared,
                        (select array_agg(e) from unnest(wanted.edges) e where octet_length(e) < 100));
            end if;
        exception when undefined_object or undefined_function then null; -- no such operator class, or none for the elements
        end;
    end loop;
end $$;

-- PostgreSQL moves values of more than 24 bytes out of a row that is too long; the filler stays, so each of them goes.
create procedure definition.store_out_of_line(name text) language plpgsql as $$
declare each record;
begin
    execute format('alter table matrix.%I add filler text default repeat(''-'', 2100)', name);
    execute format('alter table matrix.%I alter filler set storage plain, set (toast_tuple_target = 128)', name);
    for each in select attname from pg_attribute where attrelid = format('matrix.%I', name)::regclass and attnum > 0 and attstorage <> 'p' loop
        execute format('alter table matrix.%I alter %I set storage external', name, each.attname);
    end loop;
end $$;
-- Columns that have no value out of line, and tables that have fewer than they should.
create function definition.inline() returns setof text language plpgsql as $$
declare stored record; name text; large bigint; wanted bigint; there bigint;
begin
    for stored in select c.oid, c.relname, c.reltoastrelid::regclass as toast from pg_class c join pg_attribute a on a.attrelid = c.oid
                  where c.relnamespace = 'matrix'::regnamespace and a.attname = 'filler' loop
        wanted := 0;
        for name in select attname from pg_attribute where attrelid = stored.oid and attstorage = 'e' loop
            execute format('select count(*) from %s where pg_column_size(%I) > 24', stored.oid::regclass, name) into large;
            wanted := wanted + large;
            if large = 0 and name not in (select s.name from definition.spec s where s.edges[1] is null)
               and name <> all ('{c_cidr,c_daterange,c_inet,c_int4range,c_int8range,c_tsrange,c_tstzrange,c_yes_or_no,u_moodrange,
                                  m_1,m_2,m_3,m_4,m_5,m_6,m_7}') then -- always shorter
                return next stored.relname || '.' || name;
            end if;
        end loop;
        execute format('select count(distinct chunk_id) from %s', stored.toast) into there;
        if wanted = 0 or there < wanted then
            return next format('%s has %s of %s', stored.relname, there, wanted);
        end if;
    end loop;
end $$;
do $$
declare made record; number integer;
begin
    for made in select name, string_agg(format('%I %s', column_name, declared), ', ' order by spec, column_name) as columns,
                       string_agg(quote_ident(column_name), ', ' order by spec, column_name) as names,
                       max(cardinality(edges)) as rows
                from definition.made group by name loop
        execute format('create table matrix.%I (id integer, n integer default 7, %s, primary key (id%s))', made.name, made.columns,
                       case when made.name like 'keys%' then ', ' || made.names else '' end);
        if made.name not like 'keys%' then
            call definition.store_out_of_line(made.name);
        end if;
        for number in 1..made.rows loop
            execute (select format('insert into matrix.%I values (%s, 0, %s)', made.name, number,
                                   string_agg(format('%L::%s', edges[1 + (number - 1) % cardinality(edges)], declared), ', ' order by spec, column_name))
                     from definition.made m where m.name = made.name);
        end loop;
    end loop;
    execute (select format('create type matrix.everything as (%s)', string_agg(format('%I %s', name, declared), ', ' order by position))
             from definition.spec);
    create domain matrix.d_everything as matrix.everything;
    create table matrix.composites (id integer primary key, n integer default 7, c matrix.everything, a matrix.everything[], d matrix.d_everything);
    call definition.store_out_of_line('composites');
    execute (select format('insert into matrix.composites select id, 0, row(%1$s)::matrix.everything, array[row(%1$s)::matrix.everything, null],'
                           || ' row(%1$s)::matrix.everything from matrix.scalars', string_agg(quote_ident(name), ', ' order by position))
             from definition.spec);
    insert into matrix.composites (id) select max(id) + 1 from matrix.composites;
end $$;
create table matrix.bag (like matrix.scalars including storage);
alter table matrix.bag set (toast_tuple_target = 128);
insert into matrix.bag table matrix.scalars;
insert into matrix.bag select * from matrix.scalars where id % 2 = 1;
alter table matrix.bag replica identity full;
alter table matrix.domains replica identity full;

-- One transaction each, over all tables: more rows; every row takes the values of the next; a change beside them; deletes.
create procedure definition.change(step text) language plpgsql as $$
declare each record; statement text;
begin
    for each in select c.relname as name,
                       string_agg(quote_ident(a.attname), ', ' order by a.attnum) filter (where a.attnum > 2 and a.attname <> 'filler') as columns
                from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
                where c.relkind = 'r' and c.relnamespace = 'matrix'::regnamespace group by 1 loop
        statement := case step
            when 'insert' then 'create temp table more (like matrix.%1$I including storage); insert into more table matrix.%1$I; update more set id = id + 100;'
                               || 'insert into matrix.%1$I table more; drop table more'
            when 'update' then 'create temp table next (like matrix.%1$I including storage); insert into next select distinct on (id) * from matrix.%1$I order by id;'
                               || 'update matrix.%1$I t set (%2$s) = (select %2$s from next'
                               || ' where next.id = coalesce((select min(id) from next where id > t.id), 1)); drop table next'
            when 'touch'  then 'update matrix.%1$I set n = n + 1 where id > 100'
            when 'delete' then 'delete from matrix.%1$I where id > 100 and id %% 2 = 0' end;
        execute format(statement, each.name, each.columns);
    end loop;
end $$;
