-- What of a publication was written by a transaction that the slot came before: catalog_xmin is the oldest that it may need.
-- Parameters: slot, publication.
select format('table %s of publication %s', r.prrelid::regclass, p.pubname) as what
from pg_replication_slots s, pg_publication p join pg_publication_rel r on r.prpubid = p.oid
where s.slot_name = ? and p.pubname = ? and age(r.xmin) <= age(s.catalog_xmin) and age(p.xmin) > age(s.catalog_xmin)
union all
select format('publication %s', p.pubname)
from pg_replication_slots s, pg_publication p
where s.slot_name = ? and p.pubname = ? and age(p.xmin) <= age(s.catalog_xmin)
