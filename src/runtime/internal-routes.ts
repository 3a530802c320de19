import type { WireRequest, WireResponse } from '#wire/message.ts';
import { accountRoute } from './account-route.ts';
import { backupRoute } from './backup-route.ts';
import type { RequestFacts } from './context.ts';
import { parseDuration } from './duration.ts';
import { forgetEvidence } from './evidence.ts';
import { explainRoute } from './explain-route.ts';
import type { Installation } from './installation.ts';
import { answerSigned, type SignedRoute } from './signed-route.ts';

const explainPath = '/_ringwall/explain/';
const accountPath = '/_ringwall/accounts/';

/** Routes under `/_ringwall/`: health, metrics, what services publish, and open mode's reset and clock. */
export async function answerInternal(
  house: Installation,
  request: WireRequest,
  facts: RequestFacts,
): Promise<WireResponse> {
  if (request.method === 'GET' && request.path.startsWith(explainPath)) {
    return answerSigned(house, request, facts, explainRoute(house, request.path.slice(explainPath.length)));
  }
  if (request.method === 'GET') {
    const document = await house.publish?.(request.path);
    if (document !== undefined) return json(200, document);
    const certificate = await house.certificates?.(request.path);
    if (certificate !== undefined) return text(200, certificate, 'application/x-pem-file');
  }
  if (request.method === 'POST' && request.path.startsWith(accountPath)) {
    return answerSigned(house, request, facts, accountRoute(house, request.path.slice(accountPath.length)));
  }
  const name = `${request.method} ${request.path.slice('/_ringwall'.length)}`;
  switch (name) {
    case 'GET /healthz':
      return json(200, { status: 'ok', version: house.version });
    case 'GET /readyz':
      return readiness(house);
    case 'GET /metrics':
      return text(200, await house.metrics.registry.metrics(), house.metrics.registry.contentType);
    case 'GET /status':
      return answerSigned(house, request, facts, statusRoute(house));
    case 'POST /backup':
      return answerSigned(house, request, facts, backupRoute(house));
    case 'POST /reset':
      if (house.control === undefined) break;
      await house.control.reset();
      forgetEvidence(house.store);
      return json(200, { status: 'reset' });
    case 'POST /clock':
      if (house.control === undefined) break;
      return moveClock(house.control, request.body);
  }
  return json(404, { error: `no such route: \`${name}\`` });
}

async function readiness(house: Installation): Promise<WireResponse> {
  try {
    await house.store.count({ collection: 'iam/account', account: '', region: '' });
    return json(200, { status: 'ready' });
  } catch {
    return json(503, { status: 'the store does not answer' });
  }
}

/** What there is and how much of it: for every caller with credentials, in any account. */
function statusRoute(house: Installation): SignedRoute {
  return {
    name: 'Status',
    readOnly: true,
    permit: async () => undefined,
    answer: async () =>
      json(200, {
        version: house.version,
        store: house.storeKind,
        seal: house.sealKind,
        records: await house.store.counts(),
      }),
  };
}

function moveClock(control: NonNullable<Installation['control']>, body: WireRequest['body']): WireResponse {
  let advance: unknown;
  try {
    advance = (JSON.parse(Buffer.from(body as Uint8Array).toString()) as { advance?: unknown }).advance;
  } catch {
    // Answered below like every other body that is not a duration.
  }
  const ms = typeof advance === 'string' ? parseDuration(advance) : undefined;
  if (ms === undefined) return json(400, { error: 'expected {"advance": "P30D"}, an ISO 8601 duration' });
  control.advance(ms);
  return json(200, { now: new Date(control.now()).toISOString() });
}

function json(status: number, body: object): WireResponse {
  return text(status, `${JSON.stringify(body)}\n`, 'application/json');
}

function text(status: number, body: string, type: string): WireResponse {
  return { status, headers: { 'content-type': type }, body };
}
