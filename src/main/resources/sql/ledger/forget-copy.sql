-- The partition has gone beyond the copy: the copy's snapshot must not be asked again, since transaction numbers wrap around.
update caravan.ledger
set beyond_copy = true, updated_at = now()
where pipeline = :#pipeline and topic = :#topic and partition = :#partition
