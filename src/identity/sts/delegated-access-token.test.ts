import { strict as assert } from 'node:assert';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type CreateDelegationRequestCommandInput, IAM } from '@aws-sdk/client-iam';
import { type Credentials, STS } from '@aws-sdk/client-sts';
import { type ClientSettings, type Ringwall, startRingwall } from '../../../test/harness/start.ts';

const partner = '444455556666';
const day = 86_400_000;
const documentOf = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

describe('a delegation request', () => {
  let ringwall: Ringwall;
  /** Root of the account that asks. */
  let asking: IAM;
  let trading: STS;
  /** Users of the account that is asked. */
  let annSettings: ClientSettings;
  let ann: IAM;
  let bob: IAM;
  let root: IAM;
  let workflow = 0;
  let template = '';

  before(async () => {
    ringwall = await startRingwall();
    root = new IAM(ringwall.client);
    annSettings = await user('ann');
    ann = new IAM(annSettings);
    bob = new IAM(await user('bob'));
    const other = await otherAccount();
    asking = new IAM(other);
    trading = new STS(other);
    const { Policy } = await asking.createPolicy({
      PolicyName: 'set-up',
      PolicyDocument: documentOf({
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession'],
        Resource: 'arn:aws:iam::*:role/@{roleName}',
      }),
    });
    template = Policy?.Arn ?? '';
    for (const RoleName of ['product', 'private']) {
      await root.createRole({
        RoleName,
        AssumeRolePolicyDocument: documentOf({
          Effect: 'Allow',
          Principal: { AWS: ringwall.account },
          Action: 'sts:AssumeRole',
        }),
      });
    }
    await ringwall.installation.house.store.readOutbox('test', ['event'], 1);
  });
  after(() => ringwall.stop());

  async function user(UserName: string): Promise<ClientSettings> {
    await root.createUser({ UserName });
    await root.putUserPolicy({
      UserName,
      PolicyName: 'may',
      PolicyDocument: documentOf({
        Effect: 'Allow',
        Action: ['iam:*DelegationRequest*', 'iam:SendDelegationToken', 'sts:AssumeRole'],
        Resource: '*',
      }),
    });
    const { AccessKey } = await root.createAccessKey({ UserName });
    return ringwall.as({
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    });
  }

  function settingsOf({ AccessKeyId = '', SecretAccessKey = '', SessionToken = '' }: Partial<Credentials>) {
    return ringwall.as({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken });
  }

  /** Root credentials of a second account. */
  async function otherAccount(): Promise<ClientSettings> {
    const row = { accessKeyId: 'AKIAPARTNERPARTNER22', secretAccessKey: 'partner-secret', account: partner };
    const key = { collection: 'iam/access-key', account: '', region: '', id: row.accessKeyId };
    await ringwall.installation.house.store.commit({
      reads: [],
      writes: [{ key, expected: 0, value: { ...row, status: 'Active', createDate: 0 }, indexes: [] }],
      events: [],
      jobs: [],
      audit: [],
    });
    return ringwall.as(row);
  }

  const create = async (more: Partial<CreateDelegationRequestCommandInput> = {}): Promise<string> => {
    workflow += 1;
    const { DelegationRequestId = '' } = await asking.createDelegationRequest({
      OwnerAccountId: ringwall.account,
      Description: 'set the product up',
      Permissions: {
        PolicyTemplateArn: template,
        Parameters: [{ Name: 'roleName', Values: ['product'], Type: 'string' }],
      },
      RequestorWorkflowId: `workflow-${workflow}`,
      NotificationChannel: `arn:aws:sns:us-east-1:${partner}:tokens`,
      SessionDuration: 900,
      ...more,
    });
    return DelegationRequestId;
  };
  const stateOf = async (DelegationRequestId: string, as = ann) =>
    (await as.getDelegationRequest({ DelegationRequestId })).DelegationRequest;
  const sentToken = async (): Promise<string> => {
    const { store } = ringwall.installation.house;
    const events = await store.readOutbox('test', ['event'], 100);
    const last = events.at(-1);
    assert.ok(last !== undefined);
    await store.ackOutbox('test', last.seq);
    return (last.body as { detail: { tradeInToken: string } }).detail.tradeInToken;
  };

  let id = '';
  let request = { DelegationRequestId: '' };
  beforeEach(async () => {
    id = await create();
    request = { DelegationRequestId: id };
  });

  it('becomes a session of who accepted it, limited to what was asked', async () => {
    await ann.associateDelegationRequest(request);
    await ann.updateDelegationRequest({ ...request, Notes: 'please' });
    await bob.acceptDelegationRequest(request);
    await ann.sendDelegationToken(request);
    const seen = await stateOf(id);
    const arnOf = (name: string) => `arn:aws:iam::${ringwall.account}:user/${name}`;
    assert.deepEqual(
      [seen?.State, seen?.OwnerId, seen?.ApproverId, seen?.RequestorId, seen?.Notes],
      ['FINALIZED', arnOf('ann'), arnOf('bob'), partner, 'please'],
    );
    const TradeInToken = await sentToken();

    // Only the account that asked can trade it in, and once.
    const expired = { name: 'ExpiredTradeInTokenException' };
    await assert.rejects(new STS(ringwall.client).getDelegatedAccessToken({ TradeInToken }), expired);
    const {
      Credentials,
      AssumedPrincipal,
      PackedPolicySize = 0,
    } = await trading.getDelegatedAccessToken({ TradeInToken });
    await assert.rejects(trading.getDelegatedAccessToken({ TradeInToken }), expired);
    assert.equal(AssumedPrincipal, arnOf('bob'));
    assert.ok(PackedPolicySize > 0);

    const session = new STS(settingsOf(Credentials ?? {}));
    assert.equal((await session.getCallerIdentity({})).Arn, arnOf('bob'));
    const assume = (role: string) =>
      session.assumeRole({ RoleArn: `arn:aws:iam::${ringwall.account}:role/${role}`, RoleSessionName: 'setup' });
    await assume('product');
    await assert.rejects(assume('private'), { name: 'AccessDenied' });
  });

  it('is accepted by a role, but by nobody whose session could lend more than it has', async () => {
    await ann.associateDelegationRequest(request);
    const RoleName = `manager-${workflow}`;
    await root.createRole({
      RoleName,
      AssumeRolePolicyDocument: documentOf({
        Effect: 'Allow',
        Principal: { AWS: ringwall.account },
        Action: 'sts:AssumeRole',
      }),
    });
    const all = documentOf({ Effect: 'Allow', Action: '*', Resource: '*' });
    await root.putRolePolicy({ RoleName, PolicyName: 'all', PolicyDocument: all });
    const RoleArn = `arn:aws:iam::${ringwall.account}:role/${RoleName}`;
    const manager = async (limits: object) =>
      settingsOf(
        (await new STS(annSettings).assumeRole({ RoleArn, RoleSessionName: 'shift', ...limits })).Credentials ?? {},
      );
    const limited = new IAM(await manager({ Policy: all }));
    for (const each of [root, limited])
      await assert.rejects(each.acceptDelegationRequest(request), { name: 'InvalidInputException' });
    await new IAM(await manager({})).acceptDelegationRequest(request);
    await ann.sendDelegationToken(request);
    const { Credentials, AssumedPrincipal } = await trading.getDelegatedAccessToken({
      TradeInToken: await sentToken(),
    });
    assert.equal(AssumedPrincipal, RoleArn);
    const session = settingsOf(Credentials ?? {});
    assert.equal(
      (await new STS(session).getCallerIdentity({})).Arn,
      `arn:aws:sts::${ringwall.account}:assumed-role/${RoleName}/shift`,
    );
    await assert.rejects(new IAM(session).listUsers({}), { name: 'AccessDenied', message: /session policy/ });
  });

  it('has a token that is over with the agreed time', async () => {
    await ann.associateDelegationRequest(request);
    await ann.acceptDelegationRequest(request);
    await ann.sendDelegationToken(request);
    const TradeInToken = await sentToken();
    await ringwall.advance(900_000);
    await assert.rejects(trading.getDelegatedAccessToken({ TradeInToken }), { name: 'ExpiredTradeInTokenException' });
  });

  it('has a token that many calls at once use up once', async () => {
    await ann.associateDelegationRequest(request);
    await ann.acceptDelegationRequest(request);
    await ann.sendDelegationToken(request);
    const TradeInToken = await sentToken();
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, () => trading.getDelegatedAccessToken({ TradeInToken })),
    );
    assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  it('has credentials for the agreed time', async () => {
    await ann.associateDelegationRequest(request);
    await ann.acceptDelegationRequest(request);
    await ann.sendDelegationToken(request);
    const TradeInToken = await sentToken();
    const altered = `${TradeInToken.slice(0, -2)}AA`;
    for (const text of [altered, 'x', '']) {
      await assert.rejects(trading.getDelegatedAccessToken({ TradeInToken: text }), ({ name }: Error) =>
        ['ExpiredTradeInTokenException', 'ValidationError'].includes(name),
      );
    }
    const { Credentials } = await trading.getDelegatedAccessToken({ TradeInToken });
    const left = (Credentials?.Expiration?.getTime() ?? 0) - ringwall.installation.clock.now();
    assert.ok(left > 890_000 && left <= 900_000, `${left}`);
  });

  it('goes from state to state in order', async () => {
    const out = { name: 'InvalidInputException' };
    await assert.rejects(ann.acceptDelegationRequest(request), out);
    await assert.rejects(ann.sendDelegationToken(request), out);
    await ann.associateDelegationRequest(request);
    await assert.rejects(bob.associateDelegationRequest(request), out);
    await assert.rejects(ann.sendDelegationToken(request), out);
    await ann.acceptDelegationRequest(request);
    await assert.rejects(ann.updateDelegationRequest(request), out);
    await ann.rejectDelegationRequest({ ...request, Notes: 'too much' });
    const seen = await stateOf(id);
    assert.deepEqual([seen?.State, seen?.RejectionReason], ['REJECTED', 'too much']);
    await assert.rejects(ann.sendDelegationToken(request), out);
    await assert.rejects(ann.acceptDelegationRequest(request), out);
  });

  it('is sent by its owner alone where the request says so', async () => {
    const DelegationRequestId = await create({ OnlySendByOwner: true });
    await ann.associateDelegationRequest({ DelegationRequestId });
    await bob.acceptDelegationRequest({ DelegationRequestId });
    await assert.rejects(bob.sendDelegationToken({ DelegationRequestId }), { name: 'AccessDenied' });
    await ann.sendDelegationToken({ DelegationRequestId });
  });

  it('is found by the account it is for', async () => {
    await assert.rejects(asking.getDelegationRequest(request), { name: 'NoSuchEntityException' });
    await assert.rejects(asking.associateDelegationRequest(request), { name: 'NoSuchEntityException' });
    const listed = async (as: IAM, input: object = {}) =>
      ((await as.listDelegationRequests(input)).DelegationRequests ?? []).map((each) => each.DelegationRequestId);
    assert.equal((await listed(ann)).includes(id), false, 'nobody has taken it on');
    await ann.associateDelegationRequest(request);
    assert.equal((await listed(ann)).includes(id), true);
    assert.deepEqual(await listed(asking), []);
    assert.deepEqual(await listed(ann, { OwnerId: `arn:aws:iam::${ringwall.account}:user/bob` }), []);
    const first = await ann.listDelegationRequests({ MaxItems: 1 });
    assert.equal(first.isTruncated, true);
    const rest = await ann.listDelegationRequests({ Marker: first.Marker });
    assert.equal(1 + (rest.DelegationRequests ?? []).length, (await listed(ann)).length);
  });

  it('may be seen by its owner without a policy, unless one denies it', async () => {
    const eve = new IAM(await user('eve'));
    const allow = (...statements: readonly object[]) =>
      root.putUserPolicy({ UserName: 'eve', PolicyName: 'may', PolicyDocument: documentOf(...statements) });
    await allow({ Effect: 'Allow', Action: 'iam:AssociateDelegationRequest', Resource: '*' });
    await assert.rejects(stateOf(id, eve), { name: 'AccessDenied' });
    await eve.associateDelegationRequest(request);
    assert.equal((await stateOf(id, eve))?.State, 'ASSIGNED');
    await eve.updateDelegationRequest(request);
    await assert.rejects(eve.acceptDelegationRequest(request), { name: 'AccessDenied' });
    await allow({ Effect: 'Deny', Action: 'iam:GetDelegationRequest', Resource: '*' });
    await assert.rejects(stateOf(id, eve), { name: 'AccessDenied' });
  });

  it('is made once for one piece of work, of a template that fits', async () => {
    const again = { RequestorWorkflowId: `workflow-${workflow}` };
    await assert.rejects(create(again), { name: 'EntityAlreadyExistsException' });
    await assert.rejects(create({ Permissions: { PolicyTemplateArn: template } }), { name: 'InvalidInputException' });
    const PolicyTemplateArn = `arn:aws:iam::${partner}:policy/none`;
    await assert.rejects(create({ Permissions: { PolicyTemplateArn } }), { name: 'NoSuchEntityException' });
  });

  it('expires', async () => {
    await ann.associateDelegationRequest(request);
    const other = await create();
    await ringwall.advance(day);
    assert.deepEqual([(await stateOf(id))?.State, (await stateOf(other))?.State], ['ASSIGNED', 'EXPIRED']);
    await assert.rejects(ann.associateDelegationRequest({ DelegationRequestId: other }), {
      name: 'InvalidInputException',
    });
  });
});
