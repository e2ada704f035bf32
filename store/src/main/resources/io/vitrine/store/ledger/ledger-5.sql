-- Incidents, with what is looked for in columns and the rest (alerts, timeline, action items) in json; see IncidentRow.
CREATE TABLE incidents (
  id                  INTEGER PRIMARY KEY AUTOINCREMENT,
  version             INTEGER NOT NULL,
  severity            TEXT    NOT NULL,
  state               TEXT    NOT NULL,
  detected_millis     INTEGER NOT NULL,
  ended_millis        INTEGER,
  due_day             INTEGER,
  json                TEXT    NOT NULL
);
CREATE INDEX incidents_unended ON incidents (id) WHERE ended_millis IS NULL;
CREATE INDEX incidents_with_open_items ON incidents (due_day) WHERE due_day IS NOT NULL;
CREATE INDEX incidents_by_end ON incidents (ended_millis);

-- Content compressed with gzip; NULL where an item could not be collected.
CREATE TABLE incident_evidence (
  incident_id  INTEGER NOT NULL REFERENCES incidents (id),
  name         TEXT    NOT NULL,
  media_type   TEXT    NOT NULL,
  taken_millis INTEGER NOT NULL,
  bytes        INTEGER NOT NULL,
  note         TEXT    NOT NULL,
  content      BLOB,
  PRIMARY KEY (incident_id, name)
);
