import { strict as assert } from 'node:assert';
import { createPublicKey, verify, type webcrypto } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { IAM } from '@aws-sdk/client-iam';
import { type GetWebIdentityTokenCommandInput, STS } from '@aws-sdk/client-sts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

type Claims = Readonly<Record<string, unknown>>;
type Published = webcrypto.JsonWebKey & { readonly kid: string; readonly alg: string };

const own = 'https://sts.amazonaws.com/';
const part = (token: string, index: number) =>
  JSON.parse(Buffer.from(token.split('.')[index] ?? '', 'base64url').toString()) as Claims;
const json = async (url: string) => (await fetch(url)).json() as Promise<Claims>;
const documentOf = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

describe('GetWebIdentityToken', () => {
  let ringwall: Ringwall;
  let iam: IAM;
  let ann: STS;
  let issuer = '';
  const ask = (sts: STS, more: Partial<GetWebIdentityTokenCommandInput> = {}) =>
    sts.getWebIdentityToken({ Audience: ['https://api.example'], SigningAlgorithm: 'ES384', ...more });
  const allow = (Condition: object) =>
    iam.putUserPolicy({
      UserName: 'ann',
      PolicyName: 'may',
      PolicyDocument: documentOf(
        { Effect: 'Allow', Action: 'sts:GetWebIdentityToken', Resource: '*', Condition },
        { Effect: 'Allow', Action: ['sts:TagGetWebIdentityToken', 'sts:AssumeRole'], Resource: '*' },
      ),
    });

  before(async () => {
    ringwall = await startRingwall();
    iam = new IAM(ringwall.client);
    await iam.createUser({ UserName: 'ann', Tags: [{ Key: 'team', Value: 'blue' }] });
    const { AccessKey } = await iam.createAccessKey({ UserName: 'ann' });
    ann = new STS(
      ringwall.as({
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      }),
    );
    await allow({});
  });
  after(() => ringwall.stop());

  it('is refused until the account is an issuer', async () => {
    await assert.rejects(ask(ann), { name: 'OutboundWebIdentityFederationDisabledException' });
    const disabled = { name: 'FeatureDisabledException', $metadata: { httpStatusCode: 404 } };
    for (const call of [iam.getOutboundWebIdentityFederationInfo({}), iam.disableOutboundWebIdentityFederation({})])
      await assert.rejects(call, ({ name, $metadata }: typeof disabled) => {
        assert.deepEqual([name, $metadata.httpStatusCode], ['FeatureDisabledException', 404]);
        return true;
      });
  });

  it('is signed with keys that the issuer publishes', async () => {
    const { IssuerIdentifier = '' } = await iam.enableOutboundWebIdentityFederation({});
    issuer = IssuerIdentifier;
    await assert.rejects(iam.enableOutboundWebIdentityFederation({}), { name: 'FeatureEnabledException' });
    const { $metadata: _, ...info } = await iam.getOutboundWebIdentityFederationInfo({});
    assert.deepEqual(info, { IssuerIdentifier: issuer, JwtVendingEnabled: true });

    const discovery = await json(`${issuer}/.well-known/openid-configuration`);
    assert.equal(discovery['issuer'], issuer);
    const { keys } = (await json(String(discovery['jwks_uri']))) as { keys: readonly Published[] };
    assert.deepEqual(
      keys.map(({ alg }) => alg),
      ['RS256', 'ES384'],
    );
    assert.equal(
      keys.some((key) => 'd' in key),
      false,
    );
    for (const SigningAlgorithm of ['RS256', 'ES384']) {
      const { WebIdentityToken: token = '' } = await ask(ann, { SigningAlgorithm });
      const { alg, kid, typ } = part(token, 0);
      assert.deepEqual([alg, typ], [SigningAlgorithm, 'JWT']);
      const key = keys.find((each) => each.kid === kid);
      const [head, body, signature = ''] = token.split('.');
      const good = verify(
        SigningAlgorithm === 'RS256' ? 'sha256' : 'sha384',
        Buffer.from(`${head}.${body}`),
        { key: createPublicKey({ key: key as webcrypto.JsonWebKey, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
        Buffer.from(signature, 'base64url'),
      );
      assert.equal(good, true);
    }
  });

  it('says who calls, for whom, and for how long', async () => {
    const { WebIdentityToken: token = '', Expiration } = await ask(ann, {
      Audience: ['a', 'b'],
      DurationSeconds: 60,
      Tags: [{ Key: 'job', Value: '7' }],
    });
    const { iat, exp, jti, ...claims } = part(token, 1);
    assert.equal(Number(exp) - Number(iat), 60);
    assert.equal(Expiration?.getTime(), Number(exp) * 1_000);
    assert.match(String(jti), /^[0-9a-f-]{36}$/);
    const arn = `arn:aws:iam::${ringwall.account}:user/ann`;
    assert.deepEqual(claims, {
      iss: issuer,
      aud: ['a', 'b'],
      sub: arn,
      [own]: {
        aws_account: ringwall.account,
        principal_id: arn,
        source_region: ringwall.client.region,
        principal_tags: { team: 'blue' },
        request_tags: { job: '7' },
      },
    });
    const usual = part((await ask(ann)).WebIdentityToken ?? '', 1);
    assert.deepEqual([Number(usual['exp']) - Number(usual['iat']), usual['aud']], [300, 'https://api.example']);
  });

  it('of a session is about its role, and ends with it', async () => {
    await iam.createRole({
      RoleName: 'job',
      AssumeRolePolicyDocument: documentOf({
        Effect: 'Allow',
        Principal: { AWS: ringwall.account },
        Action: 'sts:AssumeRole',
      }),
    });
    const RoleArn = `arn:aws:iam::${ringwall.account}:role/job`;
    await iam.putRolePolicy({
      RoleName: 'job',
      PolicyName: 'may',
      PolicyDocument: documentOf({ Effect: 'Allow', Action: 'sts:GetWebIdentityToken', Resource: '*' }),
    });
    const { Credentials } = await ann.assumeRole({ RoleArn, RoleSessionName: 'run', DurationSeconds: 900 });
    const session = new STS(
      ringwall.as({
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      }),
    );
    const claims = part((await ask(session)).WebIdentityToken ?? '', 1);
    assert.equal(claims['sub'], RoleArn);
    const end = `${Credentials?.Expiration?.toISOString().slice(0, 19)}Z`;
    assert.equal((claims[own] as Claims)['original_session_exp'], end);
    await assert.rejects(ask(session, { DurationSeconds: 901 }), { name: 'SessionDurationEscalationException' });
  });

  const many = Array.from({ length: 50 }, (_, index) => ({ Key: `key-${index}`, Value: 'v'.repeat(200) }));
  const refused: readonly (readonly [string, Partial<GetWebIdentityTokenCommandInput>, string])[] = [
    ['another algorithm', { SigningAlgorithm: 'HS256' }, 'ValidationError'],
    ['too short a time', { DurationSeconds: 59 }, 'ValidationError'],
    ['too long a time', { DurationSeconds: 3_601 }, 'ValidationError'],
    ['nobody to be for', { Audience: [] }, 'ValidationError'],
    ['tags without end', { Tags: many }, 'JWTPayloadSizeExceededException'],
  ];
  for (const [what, input, name] of refused) {
    it(`refuses ${what}`, () => assert.rejects(ask(ann, input), { name }));
  }

  it('is given under conditions', async () => {
    await allow({
      'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': 'https://api.example' },
      NumericLessThanEquals: { 'sts:DurationSeconds': 300 },
      StringEquals: { 'sts:SigningAlgorithm': 'ES384' },
    });
    await ask(ann);
    const denied: readonly Partial<GetWebIdentityTokenCommandInput>[] = [
      { Audience: ['https://other.example'] },
      { DurationSeconds: 301 },
      { SigningAlgorithm: 'RS256' },
    ];
    for (const input of denied) await assert.rejects(ask(ann, input), { name: 'AccessDenied' });
    await allow({});
  });

  it('stays valid when the account stops issuing', async () => {
    const keys = await json(`${issuer}/.well-known/jwks.json`);
    await iam.disableOutboundWebIdentityFederation({});
    await assert.rejects(ask(ann), { name: 'OutboundWebIdentityFederationDisabledException' });
    assert.equal((await json(`${issuer}/.well-known/openid-configuration`))['issuer'], issuer);
    const { IssuerIdentifier } = await iam.enableOutboundWebIdentityFederation({});
    assert.equal(IssuerIdentifier, issuer);
    assert.deepEqual(await json(`${issuer}/.well-known/jwks.json`), keys);
  });

  it('has no issuer beside those of accounts', async () => {
    for (const path of ['/x/.well-known/jwks.json', '/.well-known/jwks.json', '/x/.well-known/toString']) {
      assert.equal((await fetch(`${ringwall.endpoint}/_ringwall/oidc${path}`)).status, 404);
    }
    assert.equal((await fetch(`${issuer}/.well-known/constructor`)).status, 404);
  });
});

describe('a token of one account', () => {
  const [issuing, trusting] = ['111122223333', '444455556666'];
  let ringwall: Ringwall;
  before(async () => {
    ringwall = await startRingwall({ auth: 'open' });
  });
  after(() => ringwall.stop());

  it('opens a role of another that trusts its issuer, and is on record there', async () => {
    const rootOf = (account: string) => ringwall.as({ accessKeyId: account, secretAccessKey: 'any' });
    const ours = new IAM(rootOf(issuing));
    const theirs = new IAM(rootOf(trusting));
    const { IssuerIdentifier: Url = '' } = await ours.enableOutboundWebIdentityFederation({});
    const { OpenIDConnectProviderArn = '' } = await theirs.createOpenIDConnectProvider({
      Url,
      ClientIDList: ['ringwall'],
    });
    const host = Url.replace('http://', '');
    const subject = `arn:aws:iam::${issuing}:root`;
    for (const [RoleName, sub] of [
      ['guest', subject],
      ['private', `arn:aws:iam::${issuing}:role/other`],
    ] as const) {
      await theirs.createRole({
        RoleName,
        AssumeRolePolicyDocument: documentOf({
          Effect: 'Allow',
          Principal: { Federated: OpenIDConnectProviderArn },
          Action: 'sts:AssumeRoleWithWebIdentity',
          Condition: { StringEquals: { [`${host}:sub`]: sub, [`${host}:aud`]: 'ringwall' } },
        }),
      });
    }
    const anybody = new STS({ ...ringwall.client, signer: { sign: async (request) => request } });
    const enter = async (audience: string, SigningAlgorithm: string, role = 'guest') => {
      const { WebIdentityToken } = await new STS(rootOf(issuing)).getWebIdentityToken({
        Audience: [audience],
        SigningAlgorithm,
      });
      return anybody.assumeRoleWithWebIdentity({
        RoleArn: `arn:aws:iam::${trusting}:role/${role}`,
        RoleSessionName: 'visit',
        WebIdentityToken,
      });
    };
    for (const algorithm of ['RS256', 'ES384']) {
      const { AssumedRoleUser } = await enter('ringwall', algorithm);
      assert.equal(AssumedRoleUser?.Arn, `arn:aws:sts::${trusting}:assumed-role/guest/visit`);
    }
    await assert.rejects(enter('other', 'ES384'), { name: 'InvalidIdentityTokenException' });
    await assert.rejects(enter('ringwall', 'ES384', 'private'), {
      name: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    });

    const { store, explain } = ringwall.installation.house;
    const caller = {
      type: 'WebIdentityUser',
      principalId: `${host}:ringwall:${subject}`,
      userName: subject,
      identityProvider: host,
    };
    const seen: unknown[] = [];
    for await (const { json: text } of store.readAudit({ from: 0, to: Number.MAX_SAFE_INTEGER })) {
      if (!text.includes('"eventName":"AssumeRoleWithWebIdentity"')) continue;
      const { event, decisions } = JSON.parse(text) as {
        event: Record<string, unknown>;
        decisions: { decision: string }[];
      };
      // Whose token says nothing that holds has proven nothing.
      if (decisions.length === 0) continue;
      seen.push([event['recipientAccountId'], event['userIdentity'], decisions.map(({ decision }) => decision)]);
      for (const explained of (await explain(decisions)) as { text: string }[])
        assert.match(explained.text, /sts:AssumeRoleWithWebIdentity/);
    }
    // Newest first.
    assert.deepEqual(seen, [
      [trusting, caller, ['ImplicitlyDenied']],
      [trusting, caller, ['Allowed']],
      [trusting, caller, ['Allowed']],
    ]);
  });
});
