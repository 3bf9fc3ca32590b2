update caravan.ledger
set next_offset  = greatest(next_offset, :#nextOffset),
    source_lsn   = greatest(source_lsn, cast(:#lsn as pg_lsn)),
    stream_position = nullif(:#streamPosition, ''),
    committed_at = case when :#committedAt > 0 then to_timestamp(:#committedAt / 1000.0) else committed_at end,
    changes      = changes + :#changes,
    updated_at   = now()
where pipeline = :#pipeline and topic = :#topic and partition = :#partition
