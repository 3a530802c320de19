-- Names and keys are UTF-8 in bytea: compared as bytes whatever the locale, and free to hold any character.
-- To read them: convert_from(collection, 'UTF8').

CREATE TABLE records (
  collection bytea NOT NULL,
  account    bytea NOT NULL,
  region     bytea NOT NULL,
  id         bytea NOT NULL,
  version    bigint NOT NULL,
  indexes    bytea NOT NULL,
  body       bytea NOT NULL,
  PRIMARY KEY (collection, account, region, id)
);

-- Says which version of a record is the latest, with a MAC: see record-body.ts.
CREATE TABLE ledger (
  collection bytea NOT NULL,
  account    bytea NOT NULL,
  region     bytea NOT NULL,
  id         bytea NOT NULL,
  version    bigint NOT NULL,
  mac        bytea NOT NULL,
  PRIMARY KEY (collection, account, region, id)
);

CREATE TABLE record_index (
  collection bytea NOT NULL,
  account    bytea NOT NULL,
  region     bytea NOT NULL,
  name       bytea NOT NULL,
  key        bytea NOT NULL,
  id         bytea NOT NULL,
  PRIMARY KEY (collection, account, region, name, key, id)
);

-- Locked by each commit: commits of all processes stand in one order, and so do events and audit blocks.
CREATE TABLE head (
  one  integer PRIMARY KEY CHECK (one = 1),
  body bytea NOT NULL
);

CREATE TABLE audit (
  seq      bigint PRIMARY KEY,
  min_time bigint NOT NULL,
  max_time bigint NOT NULL,
  count    integer NOT NULL,
  previous bytea NOT NULL,
  hash     bytea NOT NULL,
  body     bytea NOT NULL
);
CREATE INDEX audit_by_max_time ON audit (max_time, seq);
CREATE INDEX audit_by_min_time ON audit (min_time, seq);

CREATE TABLE outbox (
  seq     bigint PRIMARY KEY,
  time    bigint NOT NULL,
  topic   bytea NOT NULL,
  account bytea NOT NULL,
  region  bytea NOT NULL,
  body    bytea NOT NULL
);

-- owner is the process that reads for the subscriber until lease_until.
CREATE TABLE cursors (
  subscriber  bytea PRIMARY KEY,
  seq         bigint NOT NULL,
  owner       text NOT NULL,
  lease_until bigint NOT NULL
);

-- due_at is run_at, or the end of the lease of the process that works on it.
CREATE TABLE jobs (
  kind     bytea NOT NULL,
  id       bytea NOT NULL,
  run_at   bigint NOT NULL,
  due_at   bigint NOT NULL,
  attempts integer NOT NULL,
  payload  bytea NOT NULL,
  PRIMARY KEY (kind, id)
);
CREATE INDEX jobs_due ON jobs (due_at);

-- The wrapped keys: every process on this database seals under the same ones.
CREATE TABLE keyring (
  one  integer PRIMARY KEY CHECK (one = 1),
  json text NOT NULL
);
