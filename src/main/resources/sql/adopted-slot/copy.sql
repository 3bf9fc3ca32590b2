-- Begins where the slot stands, ends with the session, and names every transaction, also one that wrote to no table: pgoutput does not.
select pg_copy_logical_replication_slot(:'slot', :'copy', true, 'test_decoding')
