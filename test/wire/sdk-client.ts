import { Readable } from 'node:stream';
import type { WireRequest, WireResponse } from '#wire/message.ts';
import { clients } from '../../tools/models/services.ts';

/** The part of an SDK client that the tests use. */
export type SdkClient = { send(command: unknown): Promise<Record<string, unknown>> };
export type Sdk = {
  readonly module: Readonly<Record<string, unknown>>;
  readonly client: SdkClient;
  /** Answers the next request. */
  answer: (request: WireRequest) => WireResponse;
};

type HttpRequest = {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  hostname: string;
  body?: unknown;
};

/** A real SDK client whose socket is a function; undefined when no client of the service is installed. */
export async function sdkOf(service: string, options: Record<string, unknown> = {}): Promise<Sdk | undefined> {
  const name = clients[service];
  if (name === undefined || name === '') return undefined;
  const module = (await import(name)) as Record<string, unknown>;
  const Client = Object.entries(module).find(
    ([k, v]) => k.endsWith('Client') && !k.startsWith('__') && typeof v === 'function',
  )?.[1];
  const sdk: { answer: Sdk['answer'] } = {
    answer: () => {
      throw new Error('no answer set');
    },
  };
  const handle = async (request: HttpRequest) => {
    const response = sdk.answer(await wireRequest(request));
    const headers = Object.fromEntries(Object.entries(response.headers).map(([k, v]) => [k.toLowerCase(), v]));
    return { response: { statusCode: response.status, headers, body: streamOf(response.body) } };
  };
  const client = new (Client as new (o: unknown) => SdkClient)({
    endpoint: 'http://127.0.0.1:9',
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle,
      metadata: { handlerProtocol: 'http/1.1' },
      updateHttpClientConfig() {},
      httpHandlerConfigs: () => ({}),
    },
    ...(service === 'sqs' ? { md5: false } : {}),
    useQueueUrlAsEndpoint: false,
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...options,
  });
  return Object.assign(sdk, { module, client });
}

export async function wireRequest(request: HttpRequest): Promise<WireRequest> {
  const headers: Record<string, string> = { host: request.hostname };
  for (const [k, v] of Object.entries(request.headers)) headers[k.toLowerCase()] = v;
  return {
    method: request.method,
    path: request.path,
    query: queryOf(request.query ?? {}),
    headers,
    body: await bytesOf(request.body),
  };
}

function queryOf(query: Record<string, string | string[] | null>): string {
  const escaped = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return Object.entries(query)
    .flatMap(([k, v]) => (v === null ? [escaped(k)] : [v].flat().map((item) => `${escaped(k)}=${escaped(item)}`)))
    .join('&');
}

async function bytesOf(body: unknown): Promise<Uint8Array> {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return body;
  const parts: Uint8Array[] = [];
  for await (const part of body as AsyncIterable<Uint8Array | string>) parts.push(Buffer.from(part as string));
  return Buffer.concat(parts);
}

function streamOf(body: WireResponse['body']): Readable {
  if (typeof body === 'string') return Readable.from(body === '' ? [] : [Buffer.from(body, 'utf8')]);
  return body instanceof Uint8Array
    ? Readable.from([Buffer.from(body)])
    : Readable.from(body as AsyncIterable<Uint8Array>);
}
