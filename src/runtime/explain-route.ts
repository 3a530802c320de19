import { ServiceError } from '#wire/service-error.ts';
import { authorise } from './authorise.ts';
import type { Installation } from './installation.ts';
import { timeOfRequestId } from './request-id.ts';
import { answerJson, type SignedRoute } from './signed-route.ts';

/** A call may take this long from its id to its audit record. */
const longestCallMs = 15 * 60_000;

/** An audit record, as much as this route reads of it. */
type Recorded = {
  readonly event: { readonly requestID: string; readonly recipientAccountId: string };
  readonly decisions: readonly object[];
};

/**
 * `GET /_ringwall/explain/REQUEST-ID`: the recorded call with its decisions explained. Who may look up events of the account may see it.
 */
export function explainRoute(house: Installation, id: string): SignedRoute {
  return {
    name: 'Explain',
    readOnly: true,
    permit: (call, attempt) => authorise(house, attempt, call, 'cloudtrail:LookupEvents', { arn: '*' }, {}),
    answer: async ({ account }) => {
      const records = await findRecords(house, id, account);
      if (records.length === 0) {
        const message = `no call with request id \`${id}\` is on record in account ${account}`;
        throw new ServiceError('NotFound', message, { status: 404 });
      }
      const calls = [];
      for (const { event, decisions } of records) calls.push({ event, decisions: await house.explain(decisions) });
      return answerJson(200, { requestId: id, calls });
    },
  };
}

async function findRecords(house: Installation, id: string, account: string): Promise<readonly Recorded[]> {
  const time = timeOfRequestId(id);
  if (time === undefined) return [];
  // The id carries the machine's time; the record that of the clock, which tests move.
  const shift = house.clock.now() - Date.now();
  const range = { from: time - 5_000, to: time + Math.max(shift, 0) + longestCallMs, oldestFirst: true };
  const found: Recorded[] = [];
  for await (const { json: text } of house.store.readAudit(range)) {
    if (!text.includes(id)) continue;
    const record = JSON.parse(text) as Recorded;
    if (record.event.requestID === id && record.event.recipientAccountId === account) found.push(record);
  }
  return found;
}
