-- Changes to the loaded demo database, one of each kind that replication must carry over.
--
-- It runs inside one transaction of its caller as well as statement by statement, and as often as wished: its own rows
-- are named CHG- and removed first, other rows move there and back. Every run leaves as many rows as the first.

-- From the second run on, this deletes rows and, by cascade, what refers to them.
DELETE FROM devices WHERE service_tag LIKE 'CHG-%';
DELETE FROM device_groups WHERE name LIKE 'CHG-%';
DELETE FROM device_types WHERE name LIKE 'CHG-%';
DELETE FROM firmware WHERE version LIKE 'CHG-%';
DELETE FROM jobs WHERE name LIKE 'CHG-%';
DELETE FROM audit_log WHERE object LIKE 'CHG-%';

-- Inserts: parents and children in one go, defaults taken, and defaults replaced by NULL.
INSERT INTO device_types (name, rack_units) VALUES ('CHG-Quantum rack', '{42,NULL}');
INSERT INTO users (id, username, full_name) VALUES ('00000000-0000-4000-8000-00000000c1c1', 'CHG-user', 'Grüße "an" O''Hara \ 🚚');
INSERT INTO devices (service_tag, device_name, device_type_id, model, ip_address, power_state, asset_tags, attributes)
SELECT 'CHG-' || n, 'changed-' || n || '.ome.example', t.id, 'PowerEdge R750', inet '10.99.0.0' + n, NULL, NULL, 'null'
FROM device_types t, generate_series(1, 20) n WHERE t.name = 'CHG-Quantum rack';
INSERT INTO device_health
SELECT id, 'thermal', 'OK', -59.99, NULL, '{}', '-1 mon +2 days', '2025-12-01 00:00+00' FROM devices WHERE service_tag LIKE 'CHG-%';
INSERT INTO "DeviceInventory" (device_id, "slotNo", "Part Number", "order") SELECT id, 1, '', 0 FROM devices WHERE service_tag LIKE 'CHG-%';
INSERT INTO group_memberships (group_id, device_id) SELECT 1, id FROM devices WHERE service_tag LIKE 'CHG-%';
INSERT INTO jobs (name, target_ids, created_by) VALUES ('CHG-job', '{}', '00000000-0000-4000-8000-00000000c1c1');
INSERT INTO job_history (job_id, attempt, state, started_at, output)
SELECT max(id), 1, 'Completed with errors', '2025-12-01 00:00+00', E'tab\there' FROM jobs WHERE name = 'CHG-job';

-- A cycle: each of the two rows refers to the other, so neither can be replayed first while its foreign key is checked.
WITH device AS (
    INSERT INTO devices (id, service_tag, device_name, device_type_id, model, home_group_id)
    VALUES (900001, 'CHG-cycle', 'cycle.ome.example', 1, 'PowerEdge R750', 900001))
INSERT INTO device_groups (id, name, lead_device_id) VALUES (900001, 'CHG-cycle', 900001);

-- Updates: many rows at once, values to NULL and back, the same row twice, and one that changes nothing.
UPDATE devices SET health_status = CASE health_status WHEN 'OK' THEN 'WARNING' ELSE 'OK' END::health_status WHERE id % 10 = 3;
UPDATE devices SET warranty = CASE WHEN warranty IS NULL THEN interval '2 years 1 day' END WHERE id BETWEEN 201 AND 220;
UPDATE devices SET purchase_price = coalesce(purchase_price, 0) + 0.01 WHERE id = 7;
UPDATE devices SET purchase_price = purchase_price + 0.01, attributes = jsonb_build_object('turns', purchase_price) WHERE id = 7;
UPDATE users SET roles = roles WHERE username = 'user1';
UPDATE "DeviceInventory" SET "order" = coalesce("order", 0) + 1 WHERE "slotNo" = 2 AND device_id <= 50;

-- The large notes stay where they are, so the change does not carry them; then one of them changes, and a new one comes.
UPDATE firmware SET downloads = coalesce(downloads, 0) + 1 WHERE id % 8 = 0;
UPDATE firmware SET release_notes = reverse(release_notes) WHERE id = 16;
INSERT INTO firmware (component, version, size_mb, signature, release_notes)
SELECT component, 'CHG-1', 1.000, '\x00ff', release_notes FROM firmware WHERE id = 24;
UPDATE firmware SET size_mb = 2.500 WHERE version = 'CHG-1';

-- Keys change: one that others refer to, one of two columns, and one that is freed and taken again.
UPDATE devices SET id = id + 1000000 WHERE service_tag = 'CHG-1';
UPDATE group_memberships SET group_id = 3 - group_id WHERE device_id = (SELECT id FROM devices WHERE service_tag = 'CHG-2');
DELETE FROM group_memberships WHERE group_id = 1 AND device_id = (SELECT id FROM devices WHERE service_tag = 'CHG-3');
INSERT INTO group_memberships SELECT 1, id, 'again', '2025-12-01 00:00+00' FROM devices WHERE service_tag = 'CHG-3';

-- Unique values swap: in one statement where the check may wait, by way of a third value where it may not.
UPDATE firmware_baselines SET priority = 3 - priority WHERE device_type_id = 1 AND priority IN (1, 2);
UPDATE devices SET service_tag = 'HOLD-' || service_tag WHERE id IN (31, 32);
UPDATE devices d SET service_tag = substr(other.service_tag, 6) FROM devices other WHERE d.id IN (31, 32) AND other.id = 63 - d.id;

-- Without a key: every copy of a row changes, one copy of three goes, and equal rows come.
UPDATE audit_log SET detail = coalesce(detail, '{}') || '{"seen": true}' WHERE logged_at < '2025-06-01 00:45+00';
INSERT INTO audit_log (logged_at, action, object) SELECT '2025-12-01 00:00+00', 'import', 'CHG-copy' FROM generate_series(1, 3);
DELETE FROM audit_log WHERE ctid = (SELECT min(ctid) FROM audit_log WHERE object = 'CHG-copy');
UPDATE audit_log SET client = '198.51.100.7' WHERE ctid = (SELECT min(ctid) FROM audit_log WHERE object = 'CHG-copy');

-- A table is emptied and filled again, so what comes after the truncate must not be applied before it.
TRUNCATE firmware_baselines;
INSERT INTO firmware_baselines (device_type_id, firmware_id, priority, grace)
SELECT t, 1 + (t * 7 + p * 5) % 60, p, p * interval '1 week' FROM generate_series(1, 8) t, generate_series(1, 8) p;
UPDATE firmware_baselines SET priority = 3 - priority, mandatory = NULL WHERE device_type_id = 2 AND priority IN (1, 2);

-- Alerts move to another partition, out of the default one, and into it.
INSERT INTO alerts (raised_at, device_id, severity, message)
SELECT timestamptz '2023-05-05 00:00+00' + years * interval '8760 hours', id, 'CRITICAL', 'CHG-' || years
FROM devices, unnest('{0,2,8}'::integer[]) years WHERE service_tag = 'CHG-4';
UPDATE alerts SET raised_at = raised_at + CASE WHEN raised_at < '2025-07-01 00:00+00' THEN 1 ELSE -1 END * interval '2160 hours', cleared_at = NULL
WHERE id BETWEEN 1070 AND 1075;
UPDATE alerts SET raised_at = raised_at + interval '17520 hours' WHERE message LIKE 'CHG-%';
DELETE FROM alerts WHERE message = 'CHG-8';

-- Last, deletes whose cascades reach other tables: children go, references become NULL.
DELETE FROM devices WHERE service_tag IN ('CHG-5', 'CHG-6', 'CHG-7');
DELETE FROM users WHERE username = 'CHG-user';
