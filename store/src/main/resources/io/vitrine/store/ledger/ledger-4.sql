-- Notifications: those that wait for delivery, and the history of those that ended.
CREATE TABLE outbox (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  receiver       TEXT    NOT NULL,
  group_key      TEXT    NOT NULL,
  kind           TEXT    NOT NULL,
  created_millis INTEGER NOT NULL,
  body           TEXT    NOT NULL,
  -- P0 to P3; what has none is the least urgent.
  severity       TEXT    GENERATED ALWAYS AS
    (coalesce(CASE WHEN json_valid(body) THEN json_extract(body, '$.severity') END, 'P9')) STORED,
  state          TEXT    NOT NULL DEFAULT 'waiting',
  attempts       INTEGER NOT NULL DEFAULT 0,
  due_millis     INTEGER NOT NULL,
  ended_millis   INTEGER,
  error          TEXT
);
CREATE INDEX outbox_by_group ON outbox (receiver, group_key, id) WHERE state = 'waiting';
CREATE INDEX outbox_by_severity ON outbox (severity, id) WHERE state = 'waiting';
CREATE INDEX outbox_ended ON outbox (id) WHERE state <> 'waiting';

-- How many have ended in each state, also those whose rows are pruned.
CREATE TABLE outbox_totals (state TEXT NOT NULL PRIMARY KEY, count INTEGER NOT NULL);
