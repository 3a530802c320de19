import { evidenceKept, keepEvidence } from './evidence.ts';
import type { Installation } from './installation.ts';
import type { Attempt } from './perform.ts';

/** State, events, audit and the evidence behind its decisions become durable together. @throws ConflictError, UnavailableError */
export async function commitAttempt(house: Installation, { unit, audits, verdicts }: Attempt): Promise<void> {
  const evidence = await keepEvidence(house.store, unit, verdicts);
  if (!unit.changes && audits.length === 0) return;
  await house.store.commit(unit.commit(audits));
  if (evidence.length > 0) evidenceKept(house.store, evidence);
  if (unit.schedules) house.wakeScheduler();
  const { topics } = unit;
  if (topics.length > 0) house.wakeDispatcher(topics);
}
