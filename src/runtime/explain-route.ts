import type { WireRequest, WireResponse } from '#wire/message.ts';
import { ServiceError } from '#wire/service-error.ts';
import type { Installation } from './installation.ts';
import { timeOfRequestId } from './request-id.ts';

/** A call may take this long from its id to its audit record. */
const longestCallMs = 15 * 60_000;

/** An audit record, as much as this route reads of it. */
type Recorded = {
  readonly event: { readonly requestID: string; readonly recipientAccountId: string };
  readonly decisions: readonly object[];
};

/**
 * `GET /_ringwall/explain/REQUEST-ID`, signed for the service `ringwall`: the recorded call with its decisions explained.
 * Who may look up events of the account may see it.
 */
export async function answerExplain(house: Installation, request: WireRequest): Promise<WireResponse> {
  try {
    const principal = await house.authenticate(
      request,
      { signingName: 'ringwall', protocol: 'aws-json' },
      house.clock.now(),
    );
    const verdict = await house.authorise({
      principal,
      action: 'cloudtrail:LookupEvents',
      resource: { arn: '*' },
      resourceAccount: principal.account,
      keys: principal.keys,
    });
    if (verdict.denied !== undefined) throw verdict.denied;
    const id = request.path.slice(request.path.lastIndexOf('/') + 1);
    const records = await findRecords(house, id, principal.account);
    if (records.length === 0) {
      throw new ServiceError(
        'NotFound',
        `no call with request id \`${id}\` is on record in account ${principal.account}`,
        { status: 404 },
      );
    }
    const calls = [];
    for (const { event, decisions } of records) calls.push({ event, decisions: await house.explain(decisions) });
    return json(200, { requestId: id, calls });
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return json(error.status ?? 400, { error: error.message, code: error.code });
  }
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

function json(status: number, body: object): WireResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` };
}
