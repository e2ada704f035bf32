-- One row for each request that ended, whatever its end. Money in billionths of the currency.
CREATE TABLE cost_entries (
  request_id            TEXT    NOT NULL PRIMARY KEY,
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
  revenue_billionths        INTEGER NOT NULL,
  infrastructure_billionths INTEGER NOT NULL,
  engine_nanos          INTEGER NOT NULL,
  kv_byte_seconds       REAL    NOT NULL,
  joules                REAL,
  trace_id              TEXT
);
CREATE INDEX cost_entries_by_time ON cost_entries (at_millis);
CREATE INDEX cost_entries_by_tenant ON cost_entries (tenant_id, at_millis);

CREATE TABLE feedback (
  request_id TEXT    NOT NULL PRIMARY KEY,
  at_millis  INTEGER NOT NULL,
  tenant_id  TEXT    NOT NULL,
  score      REAL    NOT NULL,
  comment    TEXT
);

CREATE TABLE tenants (id TEXT NOT NULL PRIMARY KEY, json TEXT NOT NULL);

CREATE TABLE api_keys (
  prefix    TEXT    NOT NULL PRIMARY KEY,
  hash      TEXT    NOT NULL,
  tenant    TEXT    NOT NULL,
  label     TEXT    NOT NULL,
  scopes    TEXT    NOT NULL,
  created   INTEGER NOT NULL,
  expires   INTEGER,
  revoked   INTEGER,
  last_used INTEGER
);

CREATE TABLE audit (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  time   INTEGER NOT NULL,
  actor  TEXT    NOT NULL,
  action TEXT    NOT NULL,
  target TEXT    NOT NULL,
  detail TEXT
);
CREATE INDEX audit_by_time ON audit (time);
