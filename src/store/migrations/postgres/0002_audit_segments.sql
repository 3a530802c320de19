-- What successive audit blocks hold, so that look-ups pass over most of them: see audit-segment.ts. Blocks are read by segment and by
-- number: their times need no index of their own.

CREATE TABLE audit_segments (
  first    bigint PRIMARY KEY,
  last     bigint NOT NULL,
  min_time bigint NOT NULL,
  max_time bigint NOT NULL,
  count    integer NOT NULL,
  hash     bytea NOT NULL,
  filter   bytea NOT NULL
);

DROP INDEX audit_by_max_time;
DROP INDEX audit_by_min_time;
