import type { Context } from '#runtime/context.ts';
import { OutboundError } from '#runtime/outbound.ts';
import { slot } from '#runtime/slot.ts';
import { tokenCall } from './engine/http-call.ts';
import type { ConnectionRow } from './records.ts';

/** No token: the authorization server refused, or was not to be reached. */
export class AuthorisationError extends Error {}

type Token = { readonly text: string; readonly expiresAt: number };

/** Tokens of connections, by the connection as it was last changed. They are asked for anew after a restart. */
const tokens = slot(() => new Map<string, Token>());
const maxTokens = 10_000;
const timeoutMs = 10_000;
/** Tokens without a time of their own are kept this long; all are renewed a little before they end. */
const defaultSeconds = 300;
const renewMs = 30_000;

/** Headers that prove who calls. @throws AuthorisationError */
export async function authorisationHeaders(
  ctx: Context,
  row: ConnectionRow,
): Promise<Readonly<Record<string, string>>> {
  const { ApiKeyAuthParameters: apiKey, BasicAuthParameters: basic } = row.auth;
  if (row.type === 'API_KEY' && apiKey !== undefined) return { [apiKey.ApiKeyName]: apiKey.ApiKeyValue };
  if (row.type === 'BASIC' && basic !== undefined) {
    return { authorization: `Basic ${Buffer.from(`${basic.Username}:${basic.Password}`).toString('base64')}` };
  }
  const known = ctx.local(tokens).get(keyOf(row));
  const token = known !== undefined && known.expiresAt > ctx.now ? known : await freshToken(ctx, row);
  return { authorization: `Bearer ${token.text}` };
}

/** Forgets a token that was refused. */
export function forgetToken(ctx: Context, row: ConnectionRow): void {
  ctx.local(tokens).delete(keyOf(row));
}

/** Asks for a token by the client's credentials. @throws AuthorisationError */
export async function freshToken(ctx: Context, row: ConnectionRow): Promise<Token> {
  const { OAuthParameters: oauth } = row.auth;
  if (oauth === undefined) throw new AuthorisationError('the connection has no credentials');
  const { ClientID: id, ClientSecret: secret } = oauth.ClientParameters;
  const endpoint = { url: oauth.AuthorizationEndpoint, method: oauth.HttpMethod };
  const call = tokenCall(endpoint, { id, secret }, oauth.OAuthHttpParameters ?? {});
  if (call === undefined) throw new AuthorisationError('the authorization endpoint is no URL');
  const { body, ...request } = call;
  const answer = await ctx
    .fetch({ ...request, ...(body === undefined ? {} : { body }), timeoutMs })
    .catch((error: unknown) => {
      if (error instanceof OutboundError) throw new AuthorisationError(`the authorization endpoint: ${error.message}`);
      throw error;
    });
  const { access_token: text, expires_in: seconds } = membersOf(answer.body);
  if (answer.status !== 200 || typeof text !== 'string' || text === '') {
    throw new AuthorisationError(`the authorization endpoint answered ${answer.status} without a token`);
  }
  const lasting = Number.isFinite(Number(seconds ?? Number.NaN)) ? Number(seconds) : defaultSeconds;
  const token = { text, expiresAt: ctx.now + lasting * 1_000 - renewMs };
  const held = ctx.local(tokens);
  if (held.size >= maxTokens) held.clear();
  held.set(keyOf(row), token);
  return token;
}

function keyOf({ id, modified }: ConnectionRow): string {
  return `${id}|${modified}`;
}

function membersOf(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString());
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
