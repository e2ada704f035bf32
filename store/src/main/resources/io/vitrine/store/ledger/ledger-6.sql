-- Which tenants were deleted when, for what a server still had in queues then; goes after some days.
CREATE TABLE erasures (
  tenant_id     TEXT    NOT NULL PRIMARY KEY,
  at_millis     INTEGER NOT NULL,
  pseudonymised INTEGER NOT NULL
) WITHOUT ROWID;
