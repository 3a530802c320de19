import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { calls, nameOf } from './calls.ts';
import { Exceptions, otherThings } from './exceptions.ts';
import { openWorld, type TestUser, type World } from './world.ts';

/** Other ways to write what a member names. Not all are taken everywhere: those that find nothing are no matter. */
type Spelling = { readonly members: readonly string[]; readonly of: (name: string) => readonly string[] };

const arns = [
  'Arn',
  'OpenIDConnectProviderArn',
  'PolicyArn',
  'PolicySourceArn',
  'ResourceArn',
  'RoleArn',
  'SAMLProviderArn',
  'SerialNumber',
];

const spellings: Readonly<Record<string, readonly Spelling[]>> = {
  iam: [
    {
      members: ['GroupName', 'InstanceProfileName', 'RoleName', 'ServerCertificateName', 'UserName'],
      of: (name) => [name.toUpperCase()],
    },
    { members: arns, of: arnSpellings },
  ],
  kms: [
    { members: ['KeyId', 'TargetKeyId', 'DestinationKeyId', 'SourceKeyId'], of: keySpellings },
    { members: ['AliasName'], of: (name) => [name.toUpperCase(), name.replace('/', '//')] },
  ],
  ssm: [
    { members: ['Name', 'ResourceId', 'Path'], of: parameterSpellings },
    { members: ['ResourceArn'], of: arnSpellings },
    { members: ['SettingId'], of: (id) => [id.slice(1), id.toUpperCase(), `${place('ssm')}:servicesetting${id}`] },
  ],
  sts: [{ members: arns, of: arnSpellings }],
};

describe('however a request writes a name, policies see the ARN of what it finds', () => {
  let world: World;
  let caller: TestUser;
  before(async () => {
    world = await openWorld();
    caller = await world.newUser('caller', [{ Action: '*', Resource: '*' }]);
    world.freeze(true);
  });
  after(() => world?.stop());

  it('in every operation that takes it', async () => {
    const wrong: string[] = [];
    const list = new Exceptions(otherThings);
    let taken = 0;
    for (const call of calls) {
      const input = call.input(world.stock);
      const resourcesAsked = async (changed: object) => {
        const { result, questions } = await world.questionsOf(() =>
          caller.sdk.outcome(call.service, call.operation, { ...input, ...changed }),
        );
        return result.ok ? questions.map(({ action, resource }) => `${action} ${resource.arn}`) : undefined;
      };
      // What is being made is not there to be found.
      const usual = /:(Create|Upload)/.test(nameOf(call)) ? undefined : await resourcesAsked({});
      if (usual === undefined) continue;
      for (const { members, of } of spellings[call.service] ?? []) {
        for (const member of members) {
          const name = input[member];
          if (typeof name !== 'string') continue;
          for (const other of of(name)) {
            const asked = await resourcesAsked({ [member]: other });
            if (asked === undefined) continue;
            taken += 1;
            if (asked.join() !== usual.join() && !list.has(nameOf(call), other))
              wrong.push(`${nameOf(call)} ${member} ${other}: ${asked.join(', ')}`);
          }
        }
      }
    }
    assert.deepEqual([wrong, list.stale()], [[], []]);
    assert.ok(taken > 100, `only ${taken} other spellings were taken`);
  });
});

function place(service: string): string {
  return `arn:aws:${service}:us-east-1:123456789012`;
}

function arnSpellings(arn: string): readonly string[] {
  const last = arn.slice(arn.lastIndexOf('/') + 1);
  return [
    arn.replace('arn:aws:', 'arn:aws-us-gov:'),
    arn.toUpperCase(),
    arn.replace(last, last.toUpperCase()),
    arn.replace('/', '/other/'),
    arn.replace('/', '//'),
    ` ${arn} `,
  ];
}

/** An alias is another key's name on purpose, and gives a key of its own ARN all the same. */
function keySpellings(key: string): readonly string[] {
  const arn = `${place('kms')}:${key.startsWith('alias/') ? key : `key/${key}`}`;
  return [key.toUpperCase(), arn, arn.replace('arn:aws:', 'arn:aws-us-gov:'), arn.replace(key, key.toUpperCase())];
}

function parameterSpellings(name: string): readonly string[] {
  return [
    ` ${name} `,
    name.toUpperCase(),
    `${name}/`,
    name.replace('/', '//'),
    name.slice(1),
    `${name}:1`,
    `${name}:live`,
    `${place('ssm')}:parameter${name}`,
    `${place('ssm')}:parameter${name}:1`,
  ];
}
