import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import {
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  CreateUserCommand,
  DeleteSAMLProviderCommand,
  GetSAMLProviderCommand,
  IAMClient,
  ListSAMLProvidersCommand,
  ListSAMLProviderTagsCommand,
  PutUserPolicyCommand,
  TagSAMLProviderCommand,
  UntagSAMLProviderCommand,
  UpdateSAMLProviderCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleWithSAMLCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';
import { otherKey } from '../certificate-for-tests.ts';
import { entityId, metadata, type ResponseParts, responseWith, signedAssertion } from '../saml/response-for-tests.ts';

const attribute = (name: string) => `https://aws.amazon.com/SAML/Attributes/${name}`;

describe('AssumeRoleWithSAML', () => {
  let ringwall: Ringwall;
  let iam: IAMClient;
  let sts: STSClient;
  let PrincipalArn = '';
  let RoleArn = '';
  before(async () => {
    ringwall = await startRingwall();
    iam = new IAMClient(ringwall.client);
    sts = new STSClient({ ...ringwall.client, signer: { sign: async (request) => request } });
    const { SAMLProviderArn } = await iam.send(
      new CreateSAMLProviderCommand({ Name: 'idp', SAMLMetadataDocument: metadata }),
    );
    PrincipalArn = SAMLProviderArn ?? '';
    RoleArn = `arn:aws:iam::${ringwall.account}:role/federated`;
    await role('federated', 'sts:AssumeRoleWithSAML');
  });
  after(() => ringwall.stop());

  const role = (RoleName: string, Action: unknown, more: object = {}) =>
    iam.send(
      new CreateRoleCommand({
        RoleName,
        MaxSessionDuration: 7_200,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: PrincipalArn },
              Action,
              Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml', ...more } },
            },
          ],
        }),
      }),
    );
  const attributes = (more: Readonly<Record<string, readonly string[]>> = {}) => ({
    [attribute('Role')]: [`${RoleArn},${PrincipalArn}`],
    [attribute('RoleSessionName')]: ['ann@example'],
    ...more,
  });
  const assume = (parts: Partial<ResponseParts> = {}, more: object = {}) => {
    const text = responseWith(signedAssertion({ now: Date.now(), attributes: attributes(), ...parts }));
    const SAMLAssertion = Buffer.from(text).toString('base64');
    return sts.send(new AssumeRoleWithSAMLCommand({ RoleArn, PrincipalArn, SAMLAssertion, ...more }));
  };

  it('gives a session named by the assertion', async () => {
    const { Credentials, AssumedRoleUser, Subject, SubjectType, Issuer, Audience, NameQualifier } = await assume();
    assert.deepEqual(
      { arn: AssumedRoleUser?.Arn, Subject, SubjectType, Issuer, Audience },
      {
        arn: `arn:aws:sts::${ringwall.account}:assumed-role/federated/ann@example`,
        Subject: 'ann',
        SubjectType: 'persistent',
        Issuer: entityId,
        Audience: 'https://signin.aws.amazon.com/saml',
      },
    );
    assert.match(NameQualifier ?? '', /^[A-Za-z0-9+/]{27}=$/);
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const as = ringwall.as({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken });
    assert.equal((await new STSClient(as).send(new GetCallerIdentityCommand({}))).Arn, AssumedRoleUser?.Arn);
  });

  it('is on record in the account of the role, as what the provider says, with its decision', async () => {
    const { NameQualifier } = await assume();
    const { store, explain } = ringwall.installation.house;
    for await (const { json } of store.readAudit({ from: 0, to: Number.MAX_SAFE_INTEGER })) {
      const { event, decisions } = JSON.parse(json) as { event: Record<string, unknown>; decisions: object[] };
      assert.deepEqual([event['eventName'], event['recipientAccountId']], ['AssumeRoleWithSAML', ringwall.account]);
      assert.deepEqual(event['userIdentity'], {
        type: 'SAMLUser',
        principalId: `${NameQualifier}:ann`,
        userName: 'ann',
        identityProvider: NameQualifier,
      });
      const [explained] = (await explain(decisions)) as { text: string }[];
      assert.match(explained?.text ?? '', /sts:AssumeRoleWithSAML/);
      break;
    }
  });

  it('is no user of the account who has the same name', async () => {
    await iam.send(new CreateUserCommand({ UserName: 'ann' }));
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Deny', Action: '*', Resource: '*' },
    });
    await iam.send(new PutUserPolicyCommand({ UserName: 'ann', PolicyName: 'nothing', PolicyDocument }));
    await assume();
    const { store } = ringwall.installation.house;
    const decisions: { policies: string }[] = [];
    for await (const { json } of store.readAudit({ from: 0, to: Number.MAX_SAFE_INTEGER })) {
      decisions.push(...(JSON.parse(json) as { decisions: { policies: string }[] }).decisions);
      break;
    }
    const own = await Promise.all(
      decisions.map(({ policies: id }) =>
        store.get({ collection: 'runtime/policy-text', account: '', region: '', id }),
      ),
    );
    assert.deepEqual(
      own.map((record) => record?.value),
      [{ text: '[]' }],
    );
  });

  it('lasts as long as assertion, request and role allow', async () => {
    const minutes = async (duration: string, DurationSeconds?: number) => {
      const { Credentials } = await assume(
        { attributes: attributes({ [attribute('SessionDuration')]: [duration] }) },
        DurationSeconds === undefined ? {} : { DurationSeconds },
      );
      return Math.round(((Credentials?.Expiration?.getTime() ?? 0) - Date.now()) / 60_000);
    };
    assert.equal(await minutes('1800'), 30);
    assert.equal(await minutes('1800', 900), 15);
    await assert.rejects(minutes('10000'), { name: 'ValidationError' });
    await assert.rejects(minutes('60'), { name: 'InvalidIdentityTokenException' });
  });

  it('asks for tags and source identity in the assertion as well', async () => {
    const extras = attributes({
      [attribute('PrincipalTag:Team')]: ['blue'],
      [attribute('TransitiveTagKeys')]: ['Team'],
      [attribute('SourceIdentity')]: ['ann'],
    });
    await assert.rejects(assume({ attributes: extras }), { name: 'AccessDenied' });
    const tagging = `arn:aws:iam::${ringwall.account}:role/tagging`;
    await role('tagging', ['sts:AssumeRoleWithSAML', 'sts:TagSession', 'sts:SetSourceIdentity'], {
      'aws:RequestTag/Team': 'blue',
    });
    const forTagging = { ...extras, [attribute('Role')]: [`${PrincipalArn},${tagging}`] };
    assert.equal((await assume({ attributes: forTagging }, { RoleArn: tagging })).SourceIdentity, 'ann');
  });

  const refused: readonly (readonly [
    what: string,
    parts: () => Partial<ResponseParts>,
    name: string,
    message: RegExp,
  ])[] = [
    ['a forged signature', () => ({ key: otherKey }), 'InvalidIdentityTokenException', /^Response signature invalid$/],
    [
      'another issuer',
      () => ({ issuer: 'https://evil.example' }),
      'InvalidIdentityTokenException',
      /Issuer not present/,
    ],
    ['an old assertion', () => ({ issued: -301_000 }), 'ExpiredTokenException', /within 5 minutes/],
    ['another audience', () => ({ audience: 'urn:other' }), 'IDPRejectedClaimException', /audience/],
    [
      'another recipient',
      () => ({ recipient: 'https://signin.aws.amazon.com.evil.example/saml' }),
      'InvalidIdentityTokenException',
      /confirmation/,
    ],
    [
      'another role',
      () => ({ attributes: { ...attributes(), [attribute('Role')]: [`${RoleArn}x,${PrincipalArn}`] } }),
      'AccessDenied',
      /^Not authorized to perform sts:AssumeRoleWithSAML$/,
    ],
    [
      'no session name',
      () => ({ attributes: { [attribute('Role')]: [`${RoleArn},${PrincipalArn}`] } }),
      'InvalidIdentityTokenException',
      /^RoleSessionName is required in AuthnResponse$/,
    ],
  ];
  for (const [what, parts, name, message] of refused) {
    it(`refuses ${what}`, () => assert.rejects(assume(parts()), { name, message }));
  }

  it('knows no provider that is not there', () =>
    assert.rejects(assume({}, { PrincipalArn: `${PrincipalArn}x` }), { name: 'AccessDenied' }));

  it('keeps providers', async () => {
    const create = (Name: string, more: object = {}) =>
      iam.send(new CreateSAMLProviderCommand({ Name, SAMLMetadataDocument: metadata, ...more }));
    const SAMLProviderArn = (await create('kept', { Tags: [{ Key: 'a', Value: '1' }] })).SAMLProviderArn ?? '';
    await assert.rejects(create('kept'), { name: 'EntityAlreadyExistsException' });
    await assert.rejects(create('bad', { SAMLMetadataDocument: metadata.replace('EntityDescriptor', 'Other') }), {
      name: 'InvalidInputException',
      message: 'Could not parse metadata',
    });
    await assert.rejects(create('secret', { AssertionEncryptionMode: 'Required' }), { name: 'InvalidInputException' });
    const dated = metadata.replace('entityID', 'validUntil="2099-04-14T10:52:51.776Z" entityID');
    await iam.send(new UpdateSAMLProviderCommand({ SAMLProviderArn, SAMLMetadataDocument: dated }));
    await iam.send(new TagSAMLProviderCommand({ SAMLProviderArn, Tags: [{ Key: 'b', Value: '2' }] }));
    await iam.send(new UntagSAMLProviderCommand({ SAMLProviderArn, TagKeys: ['a'] }));
    const tags = await iam.send(new ListSAMLProviderTagsCommand({ SAMLProviderArn }));
    assert.deepEqual(tags.Tags, [{ Key: 'b', Value: '2' }]);
    const read = await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn }));
    assert.deepEqual([read.SAMLMetadataDocument, read.ValidUntil?.getUTCFullYear()], [dated, 2099]);
    const { SAMLProviderList } = await iam.send(new ListSAMLProvidersCommand({}));
    assert.equal(SAMLProviderList?.length, 2);
    await iam.send(new DeleteSAMLProviderCommand({ SAMLProviderArn }));
    await assert.rejects(iam.send(new GetSAMLProviderCommand({ SAMLProviderArn })), {
      name: 'NoSuchEntityException',
      message: `Manifest not found for arn ${SAMLProviderArn}`,
    });
  });
});
