-- state.db as the first release wrote it (shape 9), with something in every
-- table. Never changed: a later shape gets a file of its own.
-- Rows come in the order of their tables.
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE addresses (
device BLOB NOT NULL REFERENCES peers (device) ON DELETE CASCADE,
address TEXT NOT NULL,
last_good INTEGER,
PRIMARY KEY (device, address)
) STRICT, WITHOUT ROWID;
INSERT INTO "addresses" VALUES(X'8A88E3DD7409F195FD52DB2D3CBA5D72CA6709BF1D94121BF3748801B40F6F5C','tcp:192.168.1.20:7878',12);
INSERT INTO "addresses" VALUES(X'8A88E3DD7409F195FD52DB2D3CBA5D72CA6709BF1D94121BF3748801B40F6F5C','tcp:[fe80::1%2]:7878',13);
INSERT INTO "addresses" VALUES(X'8A88E3DD7409F195FD52DB2D3CBA5D72CA6709BF1D94121BF3748801B40F6F5C','tcp:atlas.local:7878',NULL);
CREATE TABLE audit (
id INTEGER PRIMARY KEY AUTOINCREMENT,
at INTEGER NOT NULL,
kind TEXT NOT NULL,
device BLOB CHECK (length(device) = 32),
person BLOB CHECK (length(person) = 32),
details TEXT NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,21,'blocked',X'ED4928C628D1C2C6EAE90338905995612959273A5C63F93636C14614AC8737D1',X'ED4928C628D1C2C6EAE90338905995612959273A5C63F93636C14614AC8737D1','{"reason":"test"}');
CREATE TABLE duties (
duty TEXT NOT NULL CHECK (duty IN ('new_person_key', 'new_mesh_key')),
mesh_key BLOB NOT NULL,
since INTEGER NOT NULL,
PRIMARY KEY (duty, mesh_key),
CHECK (length(mesh_key) = CASE duty WHEN 'new_mesh_key' THEN 32 ELSE 0 END)
) STRICT, WITHOUT ROWID;
INSERT INTO "duties" VALUES('new_mesh_key',X'0202020202020202020202020202020202020202020202020202020202020202',20);
INSERT INTO "duties" VALUES('new_person_key',X'',19);
CREATE TABLE invitations (
secret_hash BLOB PRIMARY KEY CHECK (length(secret_hash) = 32),
kind TEXT NOT NULL CHECK (kind IN ('mine', 'team')),
created INTEGER NOT NULL,
expires INTEGER NOT NULL,
used_by BLOB CHECK (length(used_by) = 32),
used_at INTEGER,
CHECK ((used_by IS NULL) = (used_at IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO "invitations" VALUES(X'0303030303030303030303030303030303030303030303030303030303030303','team',4,5,NULL,NULL);
INSERT INTO "invitations" VALUES(X'0404040404040404040404040404040404040404040404040404040404040404','team',4,5,X'8139770EA87D175F56A35466C34C7ECCCB8D8A91B4EE37A25DF60F5B8FC9B394',6);
CREATE TABLE life (
only INTEGER PRIMARY KEY CHECK (only = 1),
closed_in_order INTEGER NOT NULL CHECK (closed_in_order IN (0, 1)),
instance INTEGER NOT NULL
) STRICT;
INSERT INTO "life" VALUES(1,1,0);
CREATE TABLE mesh_keys (
id BLOB PRIMARY KEY CHECK (length(id) = 32),
kind TEXT NOT NULL CHECK (kind IN ('mine', 'team')),
created INTEGER NOT NULL,
retired INTEGER,
grace_until INTEGER,
CHECK ((retired IS NULL) = (grace_until IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO "mesh_keys" VALUES(X'0101010101010101010101010101010101010101010101010101010101010101','mine',1,NULL,NULL);
INSERT INTO "mesh_keys" VALUES(X'0202020202020202020202020202020202020202020202020202020202020202','team',1,2,3);
CREATE TABLE notified (
device BLOB NOT NULL CHECK (length(device) = 32),
occasion TEXT NOT NULL,
at INTEGER NOT NULL,
PRIMARY KEY (device, occasion)
) STRICT, WITHOUT ROWID;
INSERT INTO "notified" VALUES(X'CA93AC1705187071D67B83C7FF0EFE8108E8EC4530575D7726879333DBDABE7C','nearby',18);
CREATE TABLE peers (
device BLOB PRIMARY KEY CHECK (length(device) = 32),
person BLOB CHECK (length(person) = 32),
name TEXT NOT NULL,
offered_name TEXT,
form TEXT NOT NULL,
instance INTEGER NOT NULL,
state TEXT NOT NULL CHECK (state IN ('pending', 'trusted', 'blocked')),
relation TEXT CHECK (relation IN ('mine', 'other')),
origin TEXT CHECK (origin IN ('pairing', 'mesh_key', 'invitation', 'open_policy')),
origin_id BLOB CHECK (length(origin_id) = 32),
since INTEGER NOT NULL,
messages_per_minute INTEGER,
storage_bytes INTEGER,
first_seen INTEGER NOT NULL,
last_seen INTEGER NOT NULL,
CHECK ((state = 'trusted') = (relation IS NOT NULL)),
CHECK ((state = 'trusted') = (origin IS NOT NULL)),
CHECK (coalesce(origin IN ('mesh_key', 'invitation'), 0) = (origin_id IS NOT NULL)),
CHECK ((messages_per_minute IS NULL) = (storage_bytes IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO "peers" VALUES(X'8139770EA87D175F56A35466C34C7ECCCB8D8A91B4EE37A25DF60F5B8FC9B394',NULL,'machine 2',NULL,'laptop',1,'trusted','other','invitation',X'0404040404040404040404040404040404040404040404040404040404040404',7,NULL,NULL,1,2);
INSERT INTO "peers" VALUES(X'8A88E3DD7409F195FD52DB2D3CBA5D72CA6709BF1D94121BF3748801B40F6F5C',X'8A88E3DD7409F195FD52DB2D3CBA5D72CA6709BF1D94121BF3748801B40F6F5C','machine 1','atlas, renamed','desktop',1,'trusted','mine','mesh_key',X'0101010101010101010101010101010101010101010101010101010101010101',7,8,9,1,2);
INSERT INTO "peers" VALUES(X'CA93AC1705187071D67B83C7FF0EFE8108E8EC4530575D7726879333DBDABE7C',NULL,'machine 4',NULL,'desktop',1,'pending',NULL,NULL,NULL,1,NULL,NULL,1,2);
INSERT INTO "peers" VALUES(X'ED4928C628D1C2C6EAE90338905995612959273A5C63F93636C14614AC8737D1',NULL,'machine 3',NULL,'desktop',1,'blocked',NULL,NULL,NULL,10,NULL,NULL,1,2);
CREATE TABLE permissions (
device BLOB NOT NULL REFERENCES peers (device) ON DELETE CASCADE,
permission TEXT NOT NULL,
granted INTEGER NOT NULL CHECK (granted IN (0, 1)),
limits TEXT NOT NULL,
term TEXT NOT NULL CHECK (term IN ('always', 'until', 'once')),
until INTEGER,
since INTEGER NOT NULL,
PRIMARY KEY (device, permission),
CHECK ((term = 'until') = (until IS NOT NULL)),
CHECK (granted = 1 OR (term = 'always' AND limits = '{}'))
) STRICT, WITHOUT ROWID;
INSERT INTO "permissions" VALUES(X'8139770EA87D175F56A35466C34C7ECCCB8D8A91B4EE37A25DF60F5B8FC9B394','llm.use',1,'{"models":["llama3:8b"],"max_tokens":14,"requests_per_minute":15,"concurrency":16}','until',17,11);
INSERT INTO "permissions" VALUES(X'8139770EA87D175F56A35466C34C7ECCCB8D8A91B4EE37A25DF60F5B8FC9B394','models.copy',0,'{}','always',NULL,11);
CREATE TABLE schema_history (
number INTEGER PRIMARY KEY,
name TEXT NOT NULL,
older_builds_may_open INTEGER NOT NULL CHECK (older_builds_may_open IN (0, 1)),
taken_at INTEGER NOT NULL
) STRICT;
INSERT INTO "schema_history" VALUES(1,'life',0,1);
INSERT INTO "schema_history" VALUES(2,'peers',0,1);
INSERT INTO "schema_history" VALUES(3,'addresses',1,1);
INSERT INTO "schema_history" VALUES(4,'permissions',0,1);
INSERT INTO "schema_history" VALUES(5,'audit',1,1);
INSERT INTO "schema_history" VALUES(6,'mesh_keys',0,1);
INSERT INTO "schema_history" VALUES(7,'invitations',0,1);
INSERT INTO "schema_history" VALUES(8,'notified',1,1);
INSERT INTO "schema_history" VALUES(9,'duties',0,1);
CREATE INDEX audit_of_device ON audit (device, id);
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('audit',1);
COMMIT;
PRAGMA user_version = 9;
