import { UnavailableError } from '../store.ts';

/** An endpoint that speaks the S3 API, and the bucket that blobs lie in. */
export type S3Place = {
  /** `https://s3.example:9000`; path style. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Signs a request in its headers, for the endpoint's credentials and region (AWS Signature Version 4). */
  readonly sign: (request: S3Request) => Readonly<Record<string, string | undefined>>;
};

export type S3Request = {
  readonly method: string;
  /** Percent-encoded. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** Tries of a request that fails for the endpoint's reasons: S3 asks its clients to come again. */
const tries = 4;
const firstPauseMs = 50;

/**
 * Sends a request about an object of the bucket, again when the endpoint is not ready.
 *
 * @param key '' for the bucket itself
 * @returns the answer, also the one that there is nothing in a range (416); undefined for what is absent (404)
 * @throws UnavailableError for everything else than success
 */
export async function ask(
  { endpoint, bucket, sign }: S3Place,
  method: string,
  key: string,
  asked: {
    readonly query?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Uint8Array;
  } = {},
): Promise<Response | undefined> {
  const { query = '', headers = {}, body = new Uint8Array(0) } = asked;
  const { host, origin } = new URL(endpoint);
  const path = `/${bucket}${key === '' ? '' : `/${key.split('/').map(encodeURIComponent).join('/')}`}`;
  const signed = sign({ method, path, query, headers: { ...headers, host }, body });
  const { host: _host, ...sent } = signed as Record<string, string>;
  const url = `${origin}${path}${query === '' ? '' : `?${query}`}`;
  let reason = '';
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, firstPauseMs * 2 ** attempt));
    try {
      const response = await fetch(url, {
        method,
        headers: sent,
        redirect: 'manual',
        ...(method === 'GET' || method === 'HEAD' || method === 'DELETE' ? {} : { body }),
      });
      if (response.ok || response.status === 416) return response;
      const text = await response.text();
      if (response.status === 404 && !text.includes('NoSuchBucket')) return undefined;
      reason = `${response.status} ${/<Code>([^<]*)/.exec(text)?.[1] ?? ''}`;
      if (response.status < 500 && response.status !== 429) break;
    } catch (error) {
      reason = error instanceof Error ? String(error.cause ?? error.message) : String(error);
    }
  }
  throw new UnavailableError(`the S3 endpoint of the blobs refused ${method}: ${reason}`);
}

/** Text of the first element of a name in an answer. */
export function textIn(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined ? undefined : plain(text);
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return entities[name ?? ''] ?? whole;
  });
}
