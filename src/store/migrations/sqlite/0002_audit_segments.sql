-- What successive audit blocks hold, so that look-ups pass over most of them: see audit-segment.ts. Blocks are read by segment and by
-- number: their times need no index of their own.

CREATE TABLE audit_segments (
  first    INTEGER PRIMARY KEY,
  last     INTEGER NOT NULL,
  min_time INTEGER NOT NULL,
  max_time INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  hash     BLOB NOT NULL,
  filter   BLOB NOT NULL
) STRICT;

DROP INDEX audit_by_max_time;
DROP INDEX audit_by_min_time;
