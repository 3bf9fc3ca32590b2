-- What of a publication was written by the oldest transaction that a slot tells of, or by a younger one.
select format('table %s of publication %s', r.prrelid::regclass, p.pubname) as what
from pg_publication p join pg_publication_rel r on r.prpubid = p.oid
where p.pubname = :'publication' and age(r.xmin) <= age(:'oldest'::xid) and age(p.xmin) > age(:'oldest'::xid)
union all
select format('publication %s', p.pubname)
from pg_publication p
where p.pubname = :'publication' and age(p.xmin) <= age(:'oldest'::xid)
