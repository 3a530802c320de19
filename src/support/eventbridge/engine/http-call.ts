import { followJsonPath, parseJsonPath } from './json-path.ts';

/** Parameters that a connection adds to each request. */
export type HttpParameter = { readonly Key?: string | undefined; readonly Value?: string | undefined };
export type ConnectionParameters = {
  readonly HeaderParameters?: readonly HttpParameter[] | undefined;
  readonly QueryStringParameters?: readonly HttpParameter[] | undefined;
  readonly BodyParameters?: readonly HttpParameter[] | undefined;
};

/** What a rule's target says of the request. Values may be paths into the event. */
export type TargetParameters = {
  readonly PathParameterValues?: readonly string[] | undefined;
  readonly HeaderParameters?: Readonly<Record<string, string>> | undefined;
  readonly QueryStringParameters?: Readonly<Record<string, string>> | undefined;
};

export type HttpCall = {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
};

/** Headers that belong to the transport (user guide, "Headers included in requests to API destinations"). */
const ownHeaders =
  /^(?:connection|content-length|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|via)$/;
const bodyless = /^(?:GET|HEAD|OPTIONS)$/;

/**
 * The request for an event: of what the target and the connection both say, the connection's wins.
 *
 * @param authorization headers that prove who calls
 */
export function httpCall(
  destination: { readonly endpoint: string; readonly method: string },
  target: TargetParameters,
  connection: ConnectionParameters,
  authorization: Readonly<Record<string, string>>,
  event: string,
  text: string,
): HttpCall | undefined {
  const resolve = resolver(event);
  const values = (target.PathParameterValues ?? []).map(resolve);
  const url = URL.parse(withPath(destination.endpoint, values));
  if (url === null) return undefined;
  const query = new Map(
    Object.entries(target.QueryStringParameters ?? {}).map(([key, value]) => [key, resolve(value)]),
  );
  for (const { Key = '', Value = '' } of connection.QueryStringParameters ?? []) query.set(Key, Value);
  for (const [key, value] of query) url.searchParams.set(key, value);
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Amazon/EventBridge/ApiDestinations',
    range: 'bytes=0-1048575',
  };
  const set = (name: string, value: string) => {
    if (!ownHeaders.test(name.toLowerCase())) headers[name.toLowerCase()] = headerText(value);
  };
  for (const [key, value] of Object.entries(target.HeaderParameters ?? {})) set(key, resolve(value));
  for (const { Key = '', Value = '' } of connection.HeaderParameters ?? []) set(Key, Value);
  for (const [key, value] of Object.entries(authorization)) set(key, value);
  const { method } = destination;
  const body = bodyless.test(method) ? undefined : withParameters(text, connection.BodyParameters ?? []);
  return { url: url.href, method, headers, body };
}

/** Each `*` of an endpoint takes one value. */
function withPath(endpoint: string, values: readonly string[]): string {
  let next = 0;
  return endpoint.replace(/\*/g, (star) => {
    const value = values[next];
    next += 1;
    return value === undefined ? star : encodeURIComponent(value);
  });
}

/** Values that are paths stand for what the event has there. */
function resolver(event: string): (value: string) => string {
  let parsed: unknown;
  return (value) => {
    const path = value.startsWith('$') ? parseJsonPath(value) : undefined;
    if (path === undefined) return value;
    parsed ??= JSON.parse(event);
    const found = followJsonPath(path, parsed);
    return typeof found === 'string' ? found : found === undefined ? '' : JSON.stringify(found);
  };
}

/** Events may hold line breaks, headers may not. */
function headerText(value: string): string {
  return value.replace(/[^\t\x20-\x7e]/g, ' ');
}

/** Parameters for the body are members of it, where it is an object. */
function withParameters(text: string, parameters: readonly HttpParameter[]): string {
  if (parameters.length === 0 || !text.trimStart().startsWith('{')) return text;
  const added = Object.fromEntries(parameters.map(({ Key = '', Value = '' }) => [Key, Value]));
  try {
    return JSON.stringify({ ...(JSON.parse(text) as object), ...added });
  } catch {
    return text;
  }
}

/** A request for a token by client credentials (RFC 6749, section 4.4): as a form, or in the query of a GET. */
export function tokenCall(
  endpoint: { readonly url: string; readonly method: string },
  client: { readonly id: string; readonly secret: string },
  parameters: ConnectionParameters,
): HttpCall | undefined {
  const url = URL.parse(endpoint.url);
  if (url === null) return undefined;
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client.id,
    client_secret: client.secret,
  });
  for (const { Key = '', Value = '' } of parameters.BodyParameters ?? []) form.set(Key, Value);
  for (const { Key = '', Value = '' } of parameters.QueryStringParameters ?? []) url.searchParams.set(Key, Value);
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const { Key = '', Value = '' } of parameters.HeaderParameters ?? []) {
    if (!ownHeaders.test(Key.toLowerCase())) headers[Key.toLowerCase()] = headerText(Value);
  }
  if (bodyless.test(endpoint.method)) {
    for (const [key, value] of form) url.searchParams.set(key, value);
    return { url: url.href, method: endpoint.method, headers, body: undefined };
  }
  headers['content-type'] ??= 'application/x-www-form-urlencoded';
  const body = headers['content-type'].includes('json') ? JSON.stringify(Object.fromEntries(form)) : form.toString();
  return { url: url.href, method: endpoint.method, headers, body };
}
