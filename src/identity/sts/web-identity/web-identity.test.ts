import { strict as assert } from 'node:assert';
import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  IAMClient,
  ListUsersCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  STSClient,
} from '@aws-sdk/client-sts';
import { type Ringwall, startRingwall } from '../../../../test/harness/start.ts';
import { certificate, certificateKey } from '../../certificate-for-tests.ts';

type Key = { readonly id: string; readonly algorithm: string; readonly privateKey: KeyObject; readonly jwk: object };

function rsaKey(id: string): Key {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    id,
    algorithm: 'RS256',
    privateKey,
    jwk: { ...publicKey.export({ format: 'jwk' }), kid: id, use: 'sig', alg: 'RS256' },
  };
}

function ecKey(id: string): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { id, algorithm: 'ES256', privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid: id } };
}

function token(key: Key, claims: object, header: object = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: key.algorithm, kid: key.id, typ: 'JWT', ...header })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

/** An issuer on loopback. `keys` may change while it runs; `asked` counts requests for them. */
async function startIssuer(
  keys: Key[],
  tls: boolean,
): Promise<{ url: string; asked: () => number; stop: () => Promise<void> }> {
  let asked = 0;
  let url = '';
  const listener = (
    request: { url?: string | undefined },
    response: { end(text: string): void; writeHead(status: number, headers?: object): void },
  ) => {
    if (request.url === '/.well-known/openid-configuration')
      return response.end(JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }));
    if (request.url === '/keys') {
      asked += 1;
      return response.end(JSON.stringify({ keys: keys.map(({ jwk }) => jwk) }));
    }
    response.writeHead(404);
    response.end('');
  };
  const server: Server = tls
    ? createTlsServer({ key: certificateKey, cert: certificate }, listener)
    : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  url = tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`;
  return {
    url,
    asked: () => asked,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

describe('AssumeRoleWithWebIdentity', () => {
  let ringwall: Ringwall;
  let iam: IAMClient;
  let sts: STSClient;
  const rsa = rsaKey('rsa-1');
  const ec = ecKey('ec-1');
  const keys = [rsa, ec];
  let issuer: Awaited<ReturnType<typeof startIssuer>>;
  let host = '';

  before(async () => {
    ringwall = await startRingwall();
    iam = new IAMClient(ringwall.client);
    // No credentials at all.
    sts = new STSClient({ ...ringwall.client, signer: { sign: async (request) => request } });
    issuer = await startIssuer(keys, false);
    host = issuer.url.replace('http://', '');
    await provider(issuer.url);
    await role('web', host, { [`${host}:sub`]: 'repo:org/app', [`${host}:aud`]: 'client' });
  });
  after(async () => {
    await issuer.stop();
    await ringwall.stop();
  });

  const provider = (Url: string, more: object = {}) =>
    iam.send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ['client', 'other'], ...more }));
  const role = (
    RoleName: string,
    issuerHost: string,
    StringEquals: object,
    Action: unknown = 'sts:AssumeRoleWithWebIdentity',
  ) =>
    iam.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: `arn:aws:iam::${ringwall.account}:oidc-provider/${issuerHost}` },
              Action,
              Condition: { StringEquals },
            },
          ],
        }),
      }),
    );
  const claims = (more: object = {}) => {
    const now = Math.floor(Date.now() / 1000);
    return { iss: issuer.url, sub: 'repo:org/app', aud: 'client', iat: now, exp: now + 300, ...more };
  };
  const assume = (WebIdentityToken: string, more: Partial<AssumeRoleWithWebIdentityCommandInput> = {}) =>
    sts.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: `arn:aws:iam::${ringwall.account}:role/web`,
        RoleSessionName: 'job',
        WebIdentityToken,
        ...more,
      }),
    );

  it('gives a session for a token of RSA or EC', async () => {
    for (const key of keys) {
      const { Credentials, $metadata, ...answer } = await assume(token(key, claims()));
      assert.match(Credentials?.AccessKeyId ?? '', /^ASIA/);
      assert.equal($metadata.httpStatusCode, 200);
      assert.deepEqual(
        { ...answer, AssumedRoleUser: answer.AssumedRoleUser?.Arn },
        {
          AssumedRoleUser: `arn:aws:sts::${ringwall.account}:assumed-role/web/job`,
          Audience: 'client',
          Provider: `arn:aws:iam::${ringwall.account}:oidc-provider/${host}`,
          SubjectFromWebIdentityToken: 'repo:org/app',
        },
      );
    }
  });

  it('shows the claims to the policies of the role as long as the session lasts', async () => {
    const document = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'iam:ListUsers',
          Resource: '*',
          Condition: { StringEquals: { [`${host}:sub`]: 'repo:org/app' } },
        },
      ],
    };
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'web', PolicyName: 'p', PolicyDocument: JSON.stringify(document) }),
    );
    const { Credentials } = await assume(token(rsa, claims()));
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const as = ringwall.as({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken });
    await new IAMClient(as).send(new ListUsersCommand({}));
  });

  const now = () => Math.floor(Date.now() / 1000);
  const refused: readonly (readonly [what: string, text: () => string, name: string, message: RegExp])[] = [
    [
      'another subject',
      () => token(rsa, claims({ sub: 'repo:org/evil' })),
      'AccessDenied',
      /^Not authorized to perform sts:AssumeRoleWithWebIdentity$/,
    ],
    [
      'an audience that the role does not take',
      () => token(rsa, claims({ aud: 'other' })),
      'AccessDenied',
      /Not authorized/,
    ],
    [
      'an unknown audience',
      () => token(rsa, claims({ aud: 'stranger' })),
      'InvalidIdentityTokenException',
      /Incorrect token audience/,
    ],
    [
      'no audience',
      () => token(rsa, claims({ aud: undefined })),
      'InvalidIdentityTokenException',
      /Incorrect token audience/,
    ],
    [
      'a foreign party among several audiences',
      () => token(rsa, claims({ aud: ['client', 'x'], azp: 'x' })),
      'InvalidIdentityTokenException',
      /Incorrect token audience/,
    ],
    [
      'an expired token',
      () => token(rsa, claims({ exp: now() - 1 })),
      'ExpiredTokenException',
      /^Token expired: current date\/time /,
    ],
    ['a token without an end', () => token(rsa, claims({ exp: undefined })), 'InvalidIdentityTokenException', /exp/],
    [
      'a token of the future',
      () => token(rsa, claims({ nbf: now() + 600 })),
      'InvalidIdentityTokenException',
      /not valid yet/,
    ],
    [
      'an unknown issuer',
      () => token(rsa, claims({ iss: 'https://elsewhere.example' })),
      'InvalidIdentityTokenException',
      /^No OpenIDConnect provider found in your account for https:\/\/elsewhere\.example$/,
    ],
    [
      'another key under a known id',
      () => token({ ...rsaKey('rsa-1') }, claims()),
      'InvalidIdentityTokenException',
      /signature/,
    ],
    ['changed claims', () => tampered(token(rsa, claims())), 'InvalidIdentityTokenException', /signature/],
    ['no algorithm', () => token(rsa, claims(), { alg: 'none' }), 'InvalidIdentityTokenException', /not a valid JWT/],
    [
      'a shared-secret algorithm',
      () => token(rsa, claims(), { alg: 'HS256' }),
      'InvalidIdentityTokenException',
      /not a valid JWT/,
    ],
    [
      'the algorithm of another key type',
      () => token(rsa, claims(), { alg: 'ES256' }),
      'InvalidIdentityTokenException',
      /signature/,
    ],
    [
      'critical extensions',
      () => token(rsa, claims(), { crit: ['b64'], b64: false }),
      'InvalidIdentityTokenException',
      /not a valid JWT/,
    ],
    ['what is no token', () => 'not-a-token', 'InvalidIdentityTokenException', /not a valid JWT/],
  ];
  for (const [what, text, name, message] of refused) {
    it(`refuses ${what}`, () => assert.rejects(assume(text()), { name, message }));
  }

  it('knows no role that is not there', () =>
    assert.rejects(assume(token(rsa, claims()), { RoleArn: `arn:aws:iam::${ringwall.account}:role/none` }), {
      name: 'AccessDenied',
    }));

  it('asks for tags and source identity in the token as well', async () => {
    const extras = {
      'https://aws.amazon.com/tags': { principal_tags: { Team: ['blue'] }, transitive_tag_keys: ['Team'] },
      'https://aws.amazon.com/source_identity': 'ann',
    };
    await assert.rejects(assume(token(rsa, claims(extras))), { name: 'AccessDenied' });
    const actions = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity'];
    await role('tagging', host, { 'aws:RequestTag/Team': 'blue', 'sts:SourceIdentity': 'ann' }, actions);
    const answer = await assume(token(rsa, claims(extras)), {
      RoleArn: `arn:aws:iam::${ringwall.account}:role/tagging`,
    });
    assert.equal(answer.SourceIdentity, 'ann');
  });

  it('asks again for a key it does not know, but not for every made-up one', async () => {
    const before = issuer.asked();
    for (let index = 0; index < 5; index += 1) {
      await assert.rejects(assume(token(rsaKey(`made-up-${index}`), claims())), {
        name: 'InvalidIdentityTokenException',
      });
    }
    assert.ok(issuer.asked() - before <= 1, `${issuer.asked() - before}`);
  });

  it('says so when the issuer cannot be asked', async () => {
    const gone = await startIssuer(keys, false);
    await provider(gone.url);
    await gone.stop();
    await assert.rejects(assume(token(rsa, claims({ iss: gone.url }))), { name: 'IDPCommunicationErrorException' });
  });

  it('trusts a certificate by its thumbprint alone', async () => {
    const thumbprint = new X509Certificate(certificate).fingerprint.replaceAll(':', '').toLowerCase();
    for (const [ThumbprintList, trusted] of [
      [[thumbprint], true],
      [['0'.repeat(40)], false],
    ] as const) {
      const secure = await startIssuer(keys, true);
      const secureHost = secure.url.replace('https://', '');
      await provider(secure.url, { ThumbprintList });
      const name = `secure-${trusted}`;
      await role(name, secureHost, { [`${secureHost}:aud`]: 'client' });
      const answer = assume(token(ec, claims({ iss: secure.url })), {
        RoleArn: `arn:aws:iam::${ringwall.account}:role/${name}`,
      });
      try {
        if (trusted) await answer;
        else await assert.rejects(answer, { name: 'IDPCommunicationErrorException' });
      } finally {
        await secure.stop();
      }
    }
  });
});

/** The same signature over other claims. */
function tampered(text: string): string {
  const [head, body = '', tail] = text.split('.');
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
  return `${head}.${Buffer.from(JSON.stringify({ ...claims, jti: '2' })).toString('base64url')}.${tail}`;
}
