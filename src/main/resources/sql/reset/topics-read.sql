-- The topics that the pipeline has read, or was about to.
-- psql -v pipeline=ome -f topics-read.sql
select distinct topic from caravan.ledger where pipeline = :'pipeline'
