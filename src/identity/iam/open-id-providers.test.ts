import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  IAMClient,
  ListOpenIDConnectProvidersCommand,
  ListOpenIDConnectProviderTagsCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam';
import { type Ringwall, startRingwall } from '../../../test/harness/start.ts';

const thumbprint = 'cf23df2207d99a74fbe169e3eba035e633b65d94';

describe('OpenID Connect providers', () => {
  let ringwall: Ringwall;
  let iam: IAMClient;
  before(async () => {
    ringwall = await startRingwall();
    iam = new IAMClient(ringwall.client);
  });
  after(() => ringwall.stop());

  const create = (Url: string, more: object = {}) => iam.send(new CreateOpenIDConnectProviderCommand({ Url, ...more }));

  it('are kept under their issuer', async () => {
    const Url = 'https://gitlab.example/group';
    const { OpenIDConnectProviderArn: arn } = await create(Url, {
      ClientIDList: ['one'],
      ThumbprintList: [thumbprint],
    });
    const OpenIDConnectProviderArn = arn ?? '';
    assert.equal(arn, `arn:aws:iam::${ringwall.account}:oidc-provider/gitlab.example/group`);
    await assert.rejects(create(Url), {
      name: 'EntityAlreadyExistsException',
      message: `Provider with url ${Url} already exists.`,
    });
    await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: 'two' }));
    await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID: 'one' }));
    const other = 'a'.repeat(40);
    await iam.send(
      new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList: [other] }),
    );
    const {
      Url: shown,
      ClientIDList,
      ThumbprintList,
      Tags,
    } = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
    assert.deepEqual(
      { shown, ClientIDList, ThumbprintList, Tags },
      { shown: 'gitlab.example/group', ClientIDList: ['two'], ThumbprintList: [other], Tags: [] },
    );
    await iam.send(
      new TagOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn,
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
      }),
    );
    await iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys: ['b'] }));
    const tags = await iam.send(new ListOpenIDConnectProviderTagsCommand({ OpenIDConnectProviderArn }));
    assert.deepEqual(tags.Tags, [{ Key: 'a', Value: '1' }]);
    const { OpenIDConnectProviderList } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
    assert.deepEqual(OpenIDConnectProviderList, [{ Arn: arn }]);
    await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
    await assert.rejects(iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })), {
      name: 'NoSuchEntityException',
      message: `OpenIDConnect Provider not found for arn ${arn}`,
    });
  });

  const refused: readonly (readonly [string, object, string])[] = [
    ['http://idp.example', {}, 'ValidationError'],
    ['ftp://idp.example', {}, 'ValidationError'],
    ['https://user@idp.example', {}, 'ValidationError'],
    ['https://idp.example?x=1', {}, 'ValidationError'],
    ['idp.example', {}, 'ValidationError'],
    ['https://idp.example', { ThumbprintList: ['z'.repeat(40)] }, 'InvalidInputException'],
    ['https://idp.example', { ThumbprintList: Array(6).fill(thumbprint) }, 'InvalidInputException'],
    [
      'https://idp.example',
      { ClientIDList: Array.from({ length: 101 }, (_, index) => `c${index}`) },
      'LimitExceededException',
    ],
  ];
  for (const [Url, more, name] of refused) {
    it(`refuses ${Url} ${Object.keys(more)}`, () => assert.rejects(create(Url, more), { name }));
  }
});
