import { randomUUID } from 'node:crypto';
import { signRequest } from '#wire/sigv4/sign.ts';

/** A call as the benchmark names it. IAM and STS speak the query protocol: their inputs are strings. */
export type ApiCall = {
  readonly service: 'iam' | 'kms' | 'ssm' | 'sts';
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
};

export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

/** Where calls go, and whose they are. */
export type Target = {
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly credentials: Credentials;
};

const targetPrefixes = { kms: 'TrentService', ssm: 'AmazonSSM' } as const;
const queryVersions = { iam: '2010-05-08', sts: '2011-06-15' } as const;

/**
 * The whole HTTP request, signed, with the headers that an AWS SDK sends.
 *
 * @param now milliseconds since the epoch; good for 15 minutes from then
 */
export function signedRequest(call: ApiCall, { host, port, region, credentials }: Target, now: number): Buffer {
  const { headers, text } = encode(call);
  const body = Buffer.from(text);
  const signed = signRequest(
    {
      method: 'POST',
      path: '/',
      query: '',
      headers: {
        ...headers,
        host: `${host}:${port}`,
        'content-length': String(body.length),
        'user-agent': 'aws-sdk-js/3.1169.0 ua/2.1 os/linux lang/js md/nodejs#26.10.0 api/bench#3.1169.0',
        'amz-sdk-invocation-id': randomUUID(),
        'amz-sdk-request': 'attempt=1; max=3',
      },
      body,
    },
    { ...credentials, region, service: call.service },
    now,
  );
  let head = 'POST / HTTP/1.1\r\n';
  for (const name in signed.headers) head += `${name}: ${signed.headers[name]}\r\n`;
  return Buffer.concat([Buffer.from(`${head}\r\n`, 'latin1'), body]);
}

function encode({ service, operation, input }: ApiCall): {
  readonly headers: Record<string, string>;
  readonly text: string;
} {
  if (service === 'kms' || service === 'ssm') {
    const target = `${targetPrefixes[service]}.${operation}`;
    return {
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
      text: JSON.stringify(input),
    };
  }
  const form = new URLSearchParams({
    Action: operation,
    Version: queryVersions[service],
    ...(input as Record<string, string>),
  });
  return { headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }, text: form.toString() };
}
