update catalogue.film set title = title || '!', features = features || 'new'::text where film_id % 7 = 0;
insert into catalogue.film (title, release_year, language_id) values ('Neu, "schön" \ ok', 2024, 1);
update catalogue.language set language_id = 60 where language_id = 6;
delete from catalogue.film where film_id = 399;
insert into catalogue.actor (name) values ('ß');
update "Front Desk".customer set home.city = 'Köln', visits = visits || tstzrange(now(), now() + '1 h') where customer_id < 20;
update "Front Desk".payment set paid_on = paid_on + 365 where payment_id % 11 = 0;
delete from "Front Desk".customer where customer_id = 100;
truncate catalogue.film_actor;
