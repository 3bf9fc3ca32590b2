-- Each block a transaction, between lines of dashes.
update toast set n = n + 1 where id < 3;
update toast_full set n = n + 1 where id < 3;
update toast_index set n = n + 1 where id < 3;
update toast_bag set n = n + 1 where id < 3;
update toast_bag_unique set id = id + 100 where id < 3;
update toast_bag_unique set id = null where id = 3;
update toast set t = 'short', n = 0 where id = 3;
update toast set n = 1 where id = 3;
insert into toast (id, n, t) values (10, 1, large('new'));
update toast set n = 2 where id = 10;
update toast set id = 11 where id = 10;
update toast set id = 12, t = large('newer') where id = 4;
update toast_full set id = 12 where id = 4;
update toast_index set u = 77 where id = 4;
update toast_index set id = 13 where id = 5;
update large_key set n = n + 1 where n = 1;
update large_key set t = 'short' where n = 3;
update large_key set k = left(large('other'), 2600) where n = 4;
delete from large_key where n = 5;
---------
update toast set id = 20 where id = 11;
update toast set n = n + 1 where id = 20;
delete from toast where id = 5;
update toast_index set n = 9, id = 30 where u = 77;
delete from toast_index where id = 6;
delete from toast_bag where id = 5;
insert into toast_bag select * from toast_bag where id = 6;
update toast_bag set n = 100 where ctid = (select min(ctid) from toast_bag where id = 6);
---------
insert into no_column select from generate_series(1, 4); delete from no_column where ctid = (select min(ctid) from no_column);
insert into only_computed default values; insert into only_computed default values; delete from only_computed where ctid = (select min(ctid) from only_computed);
insert into defaults values (3, null, 1, null);
update defaults set t = null, n = null, a = null where id = 2;
insert into computed (a) values (4);
insert into computed (id, a) overriding system value values (100, 5);
update computed set a = a + 1;
delete from computed where a = 3;
update computed_key set a = 10 where a = 1;
update computed_key set t = 'changed' where a = 2;
insert into computed_key values (3, default, 'three');
update stay set during = '[2024-01-01,2024-01-04)', guest = 'c' where guest = 'a'; -- from 18
insert into stay values (1, '[2024-01-04,2024-01-05)', 'd'); -- from 18
delete from stay where guest = 'b'; -- from 18
---------
update keys set id = id + 100 where id > 15;
delete from keys where id = 2;
update keys set id = 2 where id = 1;
update keys set id = -1 where id = 3; update keys set id = 3 where id = 4; update keys set id = 4 where id = -1;
savepoint s; delete from keys; rollback to s;
update composite set b = b || '!', n = n + 1 where a % 2 = 0;
update composite set c = c + 1 where a % 3 = 0;
delete from composite where a = 7;
update folded set k = 'AB' where n = 1; update folded set n = 3 where k = 'ab'; delete from folded where k = 'CD'; insert into folded values ('Cd', 4);
update amounts set k = 1.000, f = '-0' where n = 1;
delete from amounts where n = 2; insert into amounts values (2, 1, 3);
---------
delete from bag where ctid in (select ctid from bag where a = 1 limit 3);
update bag set j = '{"a":1}' where ctid in (select ctid from bag where a = 2 limit 2);
insert into bag table bag;
insert into unkeyed_empty values (null, null), (null, null), ('infinity', '');
delete from unkeyed_empty where ctid = (select min(ctid) from unkeyed_empty);
update swapped set u = -1 where id = 1; update swapped set u = 1 where id = 2; update swapped set u = 2 where id = 1;
update swapped set d = 7 - d;
update exclusive set during = 'empty' where id = 1; update exclusive set during = '[2024-01-01,2024-01-05)' where id = 2; update exclusive set during = '[2024-01-05,2024-01-09)' where id = 1;
update exclusive set u = 9 where id = 1; update exclusive set u = null where id = 2; update exclusive set u = 2 where id = 1;
delete from exclusive where id = 3; insert into exclusive values (4, '[2024-02-01,2024-03-01)', 3);
delete from swapped where id = 3; update swapped set u = 3 where id = 4; insert into swapped values (3, 4, 99);
---------
insert into child values (50, 1); update parent set id = 10 where id = 1; update parent set boss = 10 where id = 2;
delete from parent where id = 3;
insert into parent values (20, 21, 'x'), (21, 20, 'y'); insert into child values (60, 21);
update parts set region = 'US' where id % 2 = 0 and region = 'EU';
update parts set id = id + 200 where region = 'EU' and id < 50;
update parts set t = 'short' where id % 5 = 0;
delete from parts where id between 100 and 110;
update unkeyed_parts set id = id + 1 where ctid = (select min(ctid) from unkeyed_parts where id = 2 and tableoid = (select min(tableoid) from unkeyed_parts where id = 2));
delete from unkeyed_parts where id = 4;
update animal set name = name || '!'; delete from only animal; insert into dog values (2, 'Bo', null); insert into animal values (2, 'cow');
---------
update "We ird.Schema".keys set t = t || '!' where id < 5; delete from "We ird.Schema".keys where id = 9;
update "We ird.Schema"."a.b ""c"" ${x} :?y 'q' \ é #" set ":?rows" = '${body}', "source" = null, "\" = '\' where "select" < 4;
update "We ird.Schema"."a.b ""c"" ${x} :?y 'q' \ é #" set "a""b" = 'other' where "select" = 2;
delete from "We ird.Schema"."a.b ""c"" ${x} :?y 'q' \ é #" where "select" = 3;
update wide set c1 = -1, c1599 = null where id < 3; insert into wide select 9; delete from wide where id = 3; update wide set id = 10 where id = 1;
truncate parent, keys restart identity cascade;
insert into keys values (1, 'after'); insert into parent values (1, 1, 'after');
truncate nothing_in_it, bag; truncate only animal; insert into bag values (1, 'after', null);
insert into animal values (3, 'fox'); insert into dog values (3, 'Rex', 'sit');
---------
truncate animal; insert into dog values (4, 'Ida', 'roll');
