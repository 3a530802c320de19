import { createWriteStream, renameSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { signRequest } from '#wire/sigv4/sign.ts';
import { CommandFailure, exitCodes } from './failure.ts';
import type { Profile } from './profile.ts';

/** Calls an awsJson operation of the local server with the profile's credentials. @throws CommandFailure */
export function callJson(
  profile: Profile,
  service: string,
  target: string,
  input: object,
): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  return send(profile, service, 'POST', '/', headers, JSON.stringify(input));
}

/** Reads one of the server's own routes. */
export function getInternal(profile: Profile, path: string): Promise<Record<string, unknown>> {
  return send(profile, 'ringwall', 'GET', path, {}, '');
}

/** Changes something through one of the server's own routes. */
export function postInternal(profile: Profile, path: string): Promise<Record<string, unknown>> {
  return send(profile, 'ringwall', 'POST', path, {}, '');
}

async function send(
  profile: Profile,
  service: string,
  method: string,
  path: string,
  given: Record<string, string>,
  body: string,
): Promise<Record<string, unknown>> {
  const response = await fetchSigned(profile, service, method, path, given, body);
  const text = await response.text();
  if (!response.ok) throw failureOf(response.status, text);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

async function fetchSigned(
  profile: Profile,
  service: string,
  method: string,
  path: string,
  given: Record<string, string>,
  body: string,
): Promise<Response> {
  const url = new URL(path, profile.endpoint);
  const { endpoint: _endpoint, account: _account, ...credentials } = profile;
  const request = signRequest(
    { method, path: url.pathname, query: '', headers: { ...given, host: url.host }, body: Buffer.from(body) },
    { ...credentials, service },
    Date.now(),
  );
  const { host: _host, ...headers } = request.headers as Record<string, string>;
  return reach(url, { method, headers, ...(method === 'GET' ? {} : { body }) });
}

/** @throws CommandFailure that says why nobody answers */
async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    const distrusted = /CERT|ISSUER|SIGNATURE|ALTNAME/.test(code ?? '');
    const why = distrusted
      ? `the certificate of ${url.origin} is not trusted (${code}): name its authority with NODE_EXTRA_CA_CERTS`
      : `no server answers at ${url.origin}: is it running?`;
    throw new CommandFailure(exitCodes.workFailed, why);
  }
}

/** A refusal of the server in its own words. */
function failureOf(status: number, text: string): CommandFailure {
  let said: Record<string, unknown> = {};
  try {
    said = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Not JSON: the status says what there is to say.
  }
  const code = String(said['__type'] ?? said['code'] ?? status);
  return new CommandFailure(
    exitCodes.workFailed,
    `${code}: ${String(said['message'] ?? said['Message'] ?? said['error'] ?? text)}`,
  );
}

/** Streams one of the server's own answers into a new file (0600). @returns its size in bytes */
export async function downloadInternal(profile: Profile, path: string, file: string): Promise<number> {
  const response = await fetchSigned(profile, 'ringwall', 'POST', path, {}, '');
  if (!response.ok || response.body === null) throw failureOf(response.status, await response.text());
  const partial = `${file}.partial`;
  await pipeline(
    Readable.fromWeb(response.body as never),
    createWriteStream(partial, { mode: 0o600, flags: 'wx', flush: true }),
  );
  renameSync(partial, file);
  return statSync(file).size;
}

/** Calls a route that takes no signature: a sealed server cannot check any. */
export async function postPlain(endpoint: string, path: string, body: object): Promise<Record<string, unknown>> {
  const response = await reach(new URL(path, endpoint), { method: 'POST', body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw failureOf(response.status, text);
  return JSON.parse(text) as Record<string, unknown>;
}
