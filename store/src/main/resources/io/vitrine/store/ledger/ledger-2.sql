-- Entries get a key of the server's own; the client's id of the request is an attribute, which several tenants may use, and one
-- tenant again. An amount that is not known is NULL: version 1 wrote 0 for it.
CREATE TABLE cost_entries_2 (
  entry_id              TEXT    NOT NULL PRIMARY KEY,
  request_id            TEXT    NOT NULL,
  at_millis             INTEGER NOT NULL,
  tenant_id             TEXT    NOT NULL,
  key_id                TEXT,
  model_name            TEXT    NOT NULL,
  route                 TEXT    NOT NULL,
  outcome               TEXT    NOT NULL,
  input_tokens          INTEGER NOT NULL,
  cached_tokens         INTEGER NOT NULL,
  output_tokens         INTEGER NOT NULL,
  currency              TEXT    NOT NULL,
  revenue_billionths        INTEGER,
  infrastructure_billionths INTEGER,
  engine_nanos          INTEGER NOT NULL,
  kv_byte_seconds       REAL    NOT NULL,
  joules                REAL,
  trace_id              TEXT
);
-- Version 1 entered an id that was used again as ID~…; no client's id has a tilde.
INSERT INTO cost_entries_2
SELECT request_id,
  CASE WHEN instr(request_id, '~') > 1 THEN substr(request_id, 1, instr(request_id, '~') - 1) ELSE request_id END,
  at_millis, tenant_id, key_id, model_name, route, outcome, input_tokens, cached_tokens, output_tokens, currency,
  nullif(revenue_billionths, 0), nullif(infrastructure_billionths, 0), engine_nanos, kv_byte_seconds, joules, trace_id
FROM cost_entries;
DROP TABLE cost_entries;
ALTER TABLE cost_entries_2 RENAME TO cost_entries;
CREATE INDEX cost_entries_by_time ON cost_entries (at_millis);
CREATE INDEX cost_entries_by_tenant ON cost_entries (tenant_id, at_millis);
CREATE INDEX cost_entries_by_request ON cost_entries (request_id, tenant_id, at_millis);

ALTER TABLE feedback RENAME COLUMN request_id TO entry_id;

-- The key of a tenant that was removed stays revoked, whoever is called so later.
UPDATE api_keys SET revoked = CAST(strftime('%s', 'now') AS INTEGER) * 1000
WHERE revoked IS NULL AND tenant NOT IN (SELECT id FROM tenants);
