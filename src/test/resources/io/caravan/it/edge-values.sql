-- Values at the edges of every type, as text; type-matrix.sql makes tables of them. Needs caravan_test.oldest: the older
-- major version of source and target, because a newer one has values that the other does not know.
create schema definition;
create schema extensions;
create extension citext schema extensions;
create extension cube schema extensions;
create extension hstore schema extensions;
create extension isn schema extensions;
create extension lo schema extensions;
create extension ltree schema extensions;
create extension seg schema extensions;
create extension intarray schema extensions;
create extension pg_trgm schema extensions;

create table definition.edge (type regtype, number integer, value text, primary key (type, number));

-- Columns of these types exist and hold NULL at most: their input functions refuse every value, so no client can write one.
create table definition.without_values (type regtype primary key);
insert into definition.without_values
select to_regtype(name) from unnest(array['pg_node_tree', 'pg_ndistinct', 'pg_dependencies', 'pg_mcv_list',
    'pg_brin_bloom_summary', 'pg_brin_minmax_multi_summary', 'gtsvector', 'extensions.ghstore', 'extensions.ltree_gist',
    'extensions.gtrgm', 'extensions.intbig_gkey']) name;

create function definition.add(type regtype, variadic edges text[]) returns void language sql as $$
    insert into definition.edge
    select $1, number + (select count(*) from definition.edge e where e.type = $1), value
    from unnest(edges) with ordinality as u(value, number)
$$;

do $edges$
begin
    perform definition.add('bool', 'true', 'false');
    perform definition.add('int2', '0', '-32768', '32767');
    perform definition.add('int4', '0', '-2147483648', '2147483647');
    perform definition.add('int8', '0', '-9223372036854775808', '9223372036854775807');
    perform definition.add('numeric', '0', '1.10', '-0.000001', '12345678901234567890.123456789000', 'NaN', 'Infinity', '-Infinity',
                        '1e400', '-1e-400', '0.00', repeat('1234567890', 12) || '.10');
    perform definition.add('float4', '0', '-0', '0.1', '1e-45', '-3.4028235e38', 'NaN', 'Infinity', '-Infinity', '16777217');
    perform definition.add('float8', '0', '-0', '0.1', '4.9406564584124654e-324', '1.7976931348623157e308', 'NaN', 'Infinity', '-Infinity',
                        '1e-307', '0.30000000000000004');
    perform definition.add('money', '0', '-92233720368547758.08', '92233720368547758.07', '-0.01', '1234.5');
    perform definition.add('"char"', 'x', '', '''', '\', '\377');
    perform definition.add('name', 'abc', '', 'Name with "quotes" and ''', repeat('ž', 31));
    perform definition.add('text', '', ' ', 'NULL', 'null', '\N', '\.', 'žluťoučký 😀', E'a\\b\n\t\r\b\f\x01\x1f\x7f"''', E'\u0085\u2028\ufeff\ufffd\uffff',
                        E'e\u0301', '{"a":1}', '${body} #{x} :?rows {{y}}', repeat('x', 5000));
    perform definition.add('varchar', '', ' ab ', 'NULL', E'\\\n', repeat('ž', 300));
    perform definition.add('bpchar', '', 'ab', 'ab  ', 'NULL', 'ž', repeat('ž ', 150));
    perform definition.add('bytea', '', '\x00', '\x00ff105c27220a', '\x5c78', '\x' || repeat('00ff', 3000));
    perform definition.add('bit', '', '1', '0101', repeat('01', 200));
    perform definition.add('varbit', '', '1', '10110', repeat('01', 200));
    perform definition.add('uuid', '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff',
                        'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
    perform definition.add('date', '2024-02-29', 'infinity', '-infinity', '4714-11-24 BC', '0044-03-15 BC', '0001-01-01', '5874897-12-31', '1582-10-10');
    perform definition.add('time', '00:00:00', '24:00:00', '23:59:59.999999', '12:34:56.1');
    perform definition.add('timetz', '24:00:00-15:59:59', '00:00:00+15:59:59', '12:34:56.123456+02', '12:00:00.5+00:00:30', '24:00:00+00');
    perform definition.add('timestamp', '2024-01-02 03:04:05.123456', 'infinity', '-infinity', '4714-11-24 00:00:00 BC',
                        '294276-12-31 23:59:59.999999', '1582-10-10 00:00:00', '0001-01-01 00:00:00', '0044-03-15 23:59:59.9 BC');
    perform definition.add('timestamptz', '2024-01-02 03:04:05.123456+02', 'infinity', '-infinity', '4714-11-24 00:00:00+00 BC',
                        '294276-12-31 23:59:59.999999+00', '1582-10-10 00:00:00+00', '1883-11-18 12:03:57.5-04:56:02', '2024-03-31 01:30:00+00');
    perform definition.add('interval', '0', '1 year 2 mons 3 days 04:05:06.789012', '1 year -2 mons 3 days -04:05:06.789', '-1 mon', '40 days', '25:00:00',
                        '178000000 years', '-178000000 years', '2562047788:00:54.775807', '-2562047788:00:54.775807', '-00:00:00.000001');
    if current_setting('caravan_test.oldest')::integer >= 17 then
        perform definition.add('interval', 'infinity', '-infinity');
    end if;
    perform definition.add('json', 'null', '{"a":  1, "a": 2}', E'[ 1.10 ,\n"\\u0000 \\" é"]', '""', '12345678901234567890.10', '{}', format('{"long": "%s"}', repeat('json ', 30)));
    perform definition.add('jsonb', 'null', '{"b":[1,2.50,null],"n":12345678901234567890.10}', '""', '[]', '{}', '"a \" \\ é 😀"', '1e400',
                        (select jsonb_object_agg(n, md5(n::text))::text from generate_series(1, 200) n));
    perform definition.add('jsonpath', '$', 'strict $."a b"[*] ? (@ like_regex "^x" flag "i" && @.b > 1.10)', 'lax $[0 to last]');
    perform definition.add('xml', '', 'text only', '<a b="1">&lt;é😀</a>', '<a/><b/>', '<!DOCTYPE a><a/>', '<a>' || repeat('é', 150) || '</a>', E'\n<a>\n</a>\n');
    perform definition.add('tsvector', '', '''a'':1A,2B ''b c'':3C ''d''', '''it''''s'':16383', '''\\'':1');
    perform definition.add('tsquery', '', '''a'':*AB & !( ''b c'' <-> ''d'' | ''e'' <3> ''f'' )', '''it''''s''', '''\\''');
    perform definition.add('point', '(0,0)', '(1.5,-2)', '(NaN,Infinity)', '(-0,1e-300)', '(0.1,0.30000000000000004)');
    perform definition.add('lseg', '[(0,0),(1,1)]', '[(-Infinity,0.1),(NaN,1e300)]');
    perform definition.add('line', '{1,-1,0}', '{0.1,1e300,-1e-300}');
    perform definition.add('box', '(1,1),(0,0)', '(Infinity,0.1),(-Infinity,-1e300)');
    perform definition.add('path', '[(0,0),(1,1)]', '((0,0),(1,1.5),(2,0))', '((0.1,NaN))');
    perform definition.add('polygon', '((0,0))', '((0,0),(1,1.5),(2,-0))');
    perform definition.add('circle', '<(1,2),3>', '<(0.1,-1e300),0>', '<(0,0),Infinity>');
    perform definition.add('inet', '10.0.0.1', '10.0.0.1/24', '::1', '::ffff:1.2.3.4/96', '0.0.0.0/0', 'fe80::1/64');
    perform definition.add('cidr', '10.0.0.0/8', '10.1.2.3/32', '::/0', '2001:db8::/32');
    perform definition.add('macaddr', '08:00:2b:01:02:03', '00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff');
    perform definition.add('macaddr8', '08:00:2b:ff:fe:01:02:03', '00:00:00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff:ff:ff');
    perform definition.add('oid', '0', '4294967295', '16384');
    perform definition.add('xid', '0', '4294967295');
    perform definition.add('cid', '0', '4294967295');
    perform definition.add('tid', '(0,0)', '(4294967295,65535)');
    perform definition.add('xid8', '0', '18446744073709551615');
    perform definition.add('int2vector', '', '1 -2 32767');
    perform definition.add('oidvector', '', '0 4294967295');
    perform definition.add('pg_lsn', '0/0', 'FFFFFFFF/FFFFFFFF', '16/B374D848');
    perform definition.add('txid_snapshot', '10:20:10,14,15', '1:1:');
    perform definition.add('pg_snapshot', '10:20:10,14,15', '1:1:');
    perform definition.add('refcursor', '', 'a cursor', repeat('cursor ', 20));
    perform definition.add('aclitem', 'postgres=r*w/postgres', '=r/postgres');
    perform definition.add('regclass', '-', 'pg_class', '4000000000');
    perform definition.add('regcollation', '-', '"C"', '"default"');
    perform definition.add('regconfig', '-', 'english', '4000000000');
    perform definition.add('regdictionary', '-', 'simple');
    perform definition.add('regnamespace', '-', 'pg_catalog', 'matrix', '4000000000');
    perform definition.add('regoper', '0', '||/', 'pg_catalog.||/');
    perform definition.add('regoperator', '+(integer,integer)', '-(none,integer)');
    perform definition.add('regproc', '-', 'boolin', '4000000000');
    perform definition.add('regprocedure', '-', 'sum(integer)', 'format(text,"any")');
    perform definition.add('regrole', '-', 'postgres', '4000000000');
    perform definition.add('regtype', '-', 'integer', 'integer[]', 'extensions.citext', '4000000000');
    perform definition.add('int4range', 'empty', '[1,5)', '(,)', '[,3)', '[-2147483648,2147483647)');
    perform definition.add('int8range', 'empty', '[1,5)', '[9223372036854775806,)');
    perform definition.add('numrange', 'empty', '[1.10,2.00]', '(,NaN]', '(-Infinity,Infinity)', format('[%s,%s)', repeat('1', 100), repeat('2', 100)));
    perform definition.add('tsrange', 'empty', '["2024-01-01 00:00:00",infinity]', '(-infinity,"0044-03-15 00:00:00 BC")');
    perform definition.add('tstzrange', 'empty', '["2024-01-01 00:00:00+00","2024-02-01 00:00:00.123456+02")', '[-infinity,)');
    perform definition.add('daterange', 'empty', '[2024-02-28,2024-03-01)', '[,infinity)', '["4714-11-24 BC",5874897-12-31)');
    perform definition.add('int4multirange', '{}', '{[1,3),[5,7)}', '{(,)}');
    perform definition.add('int8multirange', '{}', '{[1,3),[5,)}');
    perform definition.add('nummultirange', '{}', '{[1.10,2.00],(3,NaN]}');
    perform definition.add('tsmultirange', '{}', '{["2024-01-01 00:00:00",infinity]}');
    perform definition.add('tstzmultirange', '{}', '{[-infinity,"2024-01-01 00:00:00+00"),["2024-02-01 00:00:00.123456+02",)}');
    perform definition.add('datemultirange', '{}', '{[2024-02-28,2024-03-01),[2025-01-01,)}');
    perform definition.add('information_schema.cardinal_number', '0', '2147483647');
    perform definition.add('information_schema.character_data', '', 'a "b"', repeat('data ', 30));
    perform definition.add('information_schema.sql_identifier', '', 'a "b"');
    perform definition.add('information_schema.time_stamp', '2024-01-02 03:04:05.12+00', 'infinity');
    perform definition.add('information_schema.yes_or_no', 'YES', 'NO');
    perform definition.add('extensions.citext', '', 'AbC', 'ŽLUŤ', 'NULL', repeat('Ž', 150));
    perform definition.add('extensions.cube', '(0)', '(0.1, -1e-300),(1e+300, 0.30000000000000004)', '(NaN)', '()');
    perform definition.add('extensions.hstore', '', '"a"=>"1", "b"=>NULL', '"q\"\\"=>"NULL", ""=>""');
    perform definition.add('extensions.ean13', '978-0-393-04002-9', '978-0-11-000533-4!');
    perform definition.add('extensions.isbn', '0-393-04002-X');
    perform definition.add('extensions.isbn13', '978-0-393-04002-9');
    perform definition.add('extensions.ismn', 'M-706762-00-5');
    perform definition.add('extensions.ismn13', '979-0-706762-00-5');
    perform definition.add('extensions.issn', '1436-4522', '1436-4521!');
    perform definition.add('extensions.issn13', '977-1436-452-00-8');
    perform definition.add('extensions.upc', '220356483481');
    perform definition.add('extensions.lo', '0', '4294967295');
    perform definition.add('extensions.ltree', '', 'a.b_1.C', repeat('label.', 20) || 'end');
    perform definition.add('extensions.lquery', '*.a@*%{1,2}.!b|c', 'a.*');
    perform definition.add('extensions.ltxtquery', 'a & !( b | c@*% )');
    perform definition.add('extensions.seg', '1.0', '6.50 .. 7', '< 5', '~1e-30', '5(+-)0.1');
    perform definition.add('extensions.query_int', '1&!(2|-3)');
end $edges$;
