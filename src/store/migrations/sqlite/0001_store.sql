-- Keys are compared as bytes (BINARY): UTF-8, so code-point order.

CREATE TABLE records (
  collection TEXT NOT NULL,
  account    TEXT NOT NULL,
  region     TEXT NOT NULL,
  id         TEXT NOT NULL,
  version    INTEGER NOT NULL,
  indexes    TEXT NOT NULL,
  body       BLOB NOT NULL,
  PRIMARY KEY (collection, account, region, id)
) STRICT, WITHOUT ROWID;

-- Says which version of a record is the latest, with a MAC: see record-body.ts.
CREATE TABLE ledger (
  collection TEXT NOT NULL,
  account    TEXT NOT NULL,
  region     TEXT NOT NULL,
  id         TEXT NOT NULL,
  version    INTEGER NOT NULL,
  mac        BLOB NOT NULL,
  PRIMARY KEY (collection, account, region, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_index (
  collection TEXT NOT NULL,
  account    TEXT NOT NULL,
  region     TEXT NOT NULL,
  name       TEXT NOT NULL,
  key        TEXT NOT NULL,
  id         TEXT NOT NULL,
  PRIMARY KEY (collection, account, region, name, key, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE head (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  body BLOB NOT NULL
) STRICT;

CREATE TABLE audit (
  seq      INTEGER PRIMARY KEY,
  min_time INTEGER NOT NULL,
  max_time INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  previous BLOB NOT NULL,
  hash     BLOB NOT NULL,
  body     BLOB NOT NULL
) STRICT;
CREATE INDEX audit_by_max_time ON audit (max_time, seq);
CREATE INDEX audit_by_min_time ON audit (min_time, seq);

CREATE TABLE outbox (
  seq     INTEGER PRIMARY KEY,
  time    INTEGER NOT NULL,
  topic   TEXT NOT NULL,
  account TEXT NOT NULL,
  region  TEXT NOT NULL,
  body    BLOB NOT NULL
) STRICT;

CREATE TABLE cursors (
  subscriber TEXT PRIMARY KEY,
  seq        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- due_at is run_at, or the end of the lease of the process that works on it.
CREATE TABLE jobs (
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  run_at   INTEGER NOT NULL,
  due_at   INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  payload  BLOB NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_due ON jobs (due_at);

-- Copy of the keyring in a backup file; empty in a running database.
CREATE TABLE keyring (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  json TEXT NOT NULL
) STRICT;
