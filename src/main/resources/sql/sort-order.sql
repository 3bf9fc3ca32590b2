-- By whose rules the database sorts text and knows its case; the name of the locale has other columns in each version.
select concat_ws(' ', case d.datlocprovider when 'c' then 'libc' when 'i' then 'icu' when 'b' then 'builtin' end,
                 coalesce(j ->> 'datlocale', j ->> 'daticulocale', d.datcollate),
                 case when d.datlocprovider = 'c' and d.datctype <> d.datcollate then 'with the case of ' || d.datctype end) as rules
from pg_database d
cross join lateral to_jsonb(d) j
where d.datname = current_database()
