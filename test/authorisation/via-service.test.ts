import { strict as assert } from 'node:assert';
import { after, before, it } from 'node:test';
import { openWorld, type TestUser, type World } from './world.ts';

let world: World;
let caller: TestUser;
before(async () => {
  world = await openWorld();
  caller = await world.newUser('caller', [{ Action: '*', Resource: '*' }]);
});
after(() => world?.stop());

const secret = { Name: '/app/secret', Value: 'x', Type: 'SecureString' };
const cases = [
  ['PutParameter', { ...secret, KeyId: 'alias/app' }],
  ['PutParameter', { ...secret, KeyId: 'alias/app', Tier: 'Advanced', Overwrite: true }],
  ['GetParameter', { Name: secret.Name, WithDecryption: true }],
  ['GetParametersByPath', { Path: '/app', WithDecryption: true }],
] as const;

for (const [operation, input] of cases) {
  it(`ssm ${operation} asks for the key as Parameter Store's caller: ${JSON.stringify(input)}`, async () => {
    const { result, questions } = await world.questionsOf(() => caller.sdk.outcome('ssm', operation, input));
    assert.ok(result.ok, JSON.stringify(result));
    const ofKey = questions.filter(({ action }) => action.startsWith('kms:'));
    assert.notEqual(ofKey.length, 0);
    for (const { principal, resource, keys } of ofKey) {
      assert.equal(principal.arn, caller.arn);
      assert.equal(resource.arn, `arn:aws:kms:us-east-1:${world.ringwall.account}:key/${world.stock.keyId}`);
      assert.equal(keys['kms:ViaService'], 'ssm.us-east-1.amazonaws.com');
      assert.deepEqual(keys['aws:CalledVia'], ['ssm.amazonaws.com']);
      assert.equal(keys['aws:SourceIp'], undefined);
    }
    assert.ok(
      questions.some(({ action, keys }) => action === `ssm:${operation}` && keys['kms:ViaService'] === undefined),
    );
  });
}
