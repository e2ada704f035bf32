-- Alerts that are pending or firing, as of the last evaluation. Labels and matchers are JSON.
CREATE TABLE alerts (
  fingerprint  TEXT    NOT NULL PRIMARY KEY,
  rule         TEXT    NOT NULL,
  severity     TEXT    NOT NULL,
  state        TEXT    NOT NULL,
  labels       TEXT    NOT NULL,
  summary      TEXT    NOT NULL,
  value        REAL,
  active_since INTEGER NOT NULL,
  changed      INTEGER NOT NULL
) WITHOUT ROWID;

-- What routing must not forget, by a key of its own; JSON whose meaning is the caller's.
CREATE TABLE alert_routing (key TEXT NOT NULL PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE silences (
  id       TEXT    NOT NULL PRIMARY KEY,
  matchers TEXT    NOT NULL,
  starts   INTEGER NOT NULL,
  ends     INTEGER NOT NULL,
  author   TEXT    NOT NULL,
  reason   TEXT    NOT NULL
) WITHOUT ROWID;
CREATE INDEX silences_by_end ON silences (ends);

-- Events of objectives by hour: the error budget. Minutes (JSON: [[minute, bad, total], …]) are for burn rates and dropped after days.
CREATE TABLE slo_hours (
  objective TEXT    NOT NULL,
  labels    TEXT    NOT NULL,
  hour      INTEGER NOT NULL,
  bad       REAL    NOT NULL,
  total     REAL    NOT NULL,
  minutes   TEXT,
  PRIMARY KEY (objective, labels, hour)
) WITHOUT ROWID;
CREATE INDEX slo_hours_by_hour ON slo_hours (hour);
