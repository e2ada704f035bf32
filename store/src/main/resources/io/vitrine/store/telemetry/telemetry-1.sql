-- One file a day (UTC). Times in nanoseconds since 1970.
CREATE TABLE spans (
  trace_id       TEXT    NOT NULL,
  span_id        TEXT    NOT NULL,
  parent_id      TEXT,
  name           TEXT    NOT NULL,
  at_nanos       INTEGER NOT NULL,
  duration_nanos INTEGER NOT NULL,
  tenant_id      TEXT,
  request_id     TEXT,
  status         TEXT    NOT NULL,
  attributes     TEXT    NOT NULL
);
CREATE INDEX spans_by_trace ON spans (trace_id);
CREATE INDEX spans_by_stage ON spans (name, duration_nanos);
CREATE INDEX spans_roots ON spans (at_nanos) WHERE parent_id IS NULL;
CREATE INDEX spans_by_request ON spans (request_id) WHERE parent_id IS NULL;

-- How many spans of a stage began in a minute, and in an hour, and took about as long: counted while they are written. A day is
-- 24 hours to add up and not 1 440 minutes.
CREATE TABLE stage_minutes (
  slot   INTEGER NOT NULL,
  name   TEXT    NOT NULL,
  bucket INTEGER NOT NULL,
  spans  INTEGER NOT NULL,
  PRIMARY KEY (slot, name, bucket)
) WITHOUT ROWID;
CREATE TABLE stage_hours (
  slot   INTEGER NOT NULL,
  name   TEXT    NOT NULL,
  bucket INTEGER NOT NULL,
  spans  INTEGER NOT NULL,
  PRIMARY KEY (slot, name, bucket)
) WITHOUT ROWID;

CREATE TABLE logs (
  id         INTEGER PRIMARY KEY,
  at_nanos   INTEGER NOT NULL,
  level      TEXT    NOT NULL,
  category   TEXT    NOT NULL,
  event      TEXT    NOT NULL,
  message    TEXT    NOT NULL,
  trace_id   TEXT,
  span_id    TEXT,
  tenant_id  TEXT,
  request_id TEXT,
  attributes TEXT    NOT NULL
);
CREATE INDEX logs_by_time ON logs (at_nanos);
CREATE INDEX logs_by_request ON logs (request_id);

-- The words of the messages; the messages themselves stay in the table.
CREATE VIRTUAL TABLE logs_text USING fts5 (message, content='logs', content_rowid='id', tokenize='unicode61 remove_diacritics 0');
INSERT INTO logs_text (logs_text, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER logs_added AFTER INSERT ON logs BEGIN
  INSERT INTO logs_text (rowid, message) VALUES (new.id, new.message);
END;
CREATE TRIGGER logs_removed AFTER DELETE ON logs BEGIN
  INSERT INTO logs_text (logs_text, rowid, message) VALUES ('delete', old.id, old.message);
END;

CREATE TABLE steps (
  at_nanos       INTEGER NOT NULL,
  duration_nanos INTEGER NOT NULL,
  phase          TEXT    NOT NULL,
  batch_size     INTEGER NOT NULL,
  tokens         INTEGER NOT NULL,
  kv_bytes       INTEGER NOT NULL,
  attributes     TEXT    NOT NULL
);
CREATE INDEX steps_by_time ON steps (at_nanos);

CREATE TABLE samples (
  at_nanos  INTEGER NOT NULL,
  meter     TEXT    NOT NULL,
  labels    TEXT    NOT NULL,
  value     REAL    NOT NULL,
  tenant_id TEXT
);
CREATE INDEX samples_by_meter ON samples (meter, at_nanos);

CREATE TABLE gpu (
  at_nanos INTEGER NOT NULL,
  gpu_id   TEXT    NOT NULL,
  metric   TEXT    NOT NULL,
  value    REAL    NOT NULL
);
CREATE INDEX gpu_by_time ON gpu (at_nanos);
