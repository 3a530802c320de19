import type { WireRequest, WireResponse } from '#wire/message.ts';
import { answerBackup } from './backup-route.ts';
import { parseDuration } from './duration.ts';
import { forgetEvidence } from './evidence.ts';
import { answerExplain } from './explain-route.ts';
import type { Installation } from './installation.ts';

/** Routes under `/_ringwall/`: health, metrics, and open mode's reset and clock. */
export async function answerInternal(house: Installation, request: WireRequest): Promise<WireResponse> {
  if (request.method === 'GET' && request.path.startsWith('/_ringwall/explain/')) return answerExplain(house, request);
  const name = `${request.method} ${request.path.slice('/_ringwall'.length)}`;
  switch (name) {
    case 'GET /healthz':
      return json(200, { status: 'ok', version: house.version });
    case 'GET /readyz':
      return readiness(house);
    case 'GET /metrics':
      return text(200, await house.metrics.registry.metrics(), house.metrics.registry.contentType);
    case 'GET /status':
      return json(200, {
        version: house.version,
        store: house.storeKind,
        seal: house.sealKind,
        ...(await counts(house)),
      });
    case 'POST /backup':
      return answerBackup(house, request);
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

async function counts(house: Installation): Promise<object> {
  return { records: await house.store.counts() };
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
