import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import { isUnsupported } from '#runtime/operation.ts';
import { loadModel } from '#wire/model/load.ts';
import type { ShapeModel } from '#wire/model/shape.ts';
import { Sdk } from '../../../test/authorisation/sdk.ts';
import { openTestLambda, type TestLambda } from './client-for-tests.ts';
import { lambda } from './service.ts';

const texts = [
  '*',
  '..',
  'arn:aws:lambda:us-east-1:123456789012:function:',
  '$LATEST',
  '-1',
  'ü\u{1F600}\u202e',
  'a'.repeat(3_000),
  'constructor',
];

let on: TestLambda;
let sdk: Sdk;
before(async () => {
  on = await openTestLambda();
  sdk = new Sdk(on.ringwall.client);
  await on.make('f', 'export const handler = async () => 1;', { Publish: true });
});
after(async () => {
  sdk.destroy();
  await on.stop();
});

/** A value of the shape, with a hostile text wherever there is one. */
function hostileValue(shape: ShapeModel, text: string, depth = 0): unknown {
  switch (shape.kind) {
    case 'structure':
      return Object.fromEntries(
        depth > 3 ? [] : shape.members.map(({ name, shape: of }) => [name, hostileValue(of, text, depth + 1)]),
      );
    case 'list':
      return shape.element === undefined ? [] : [hostileValue(shape.element.shape, text, depth + 1)];
    case 'map':
      return { [text]: text };
    case 'string':
      return shape.enum?.[0] ?? text;
    case 'blob':
      return Buffer.from(text);
    case 'boolean':
      return false;
    case 'timestamp':
      return new Date(0);
    default:
      return 1;
  }
}

test('no input breaks an operation', async () => {
  const broken: string[] = [];
  for (const [name, operation] of Object.entries(lambda.operations)) {
    const input = loadModel('lambda').operation(name)?.input;
    if (isUnsupported(operation) || input === undefined) continue;
    for (const text of texts) {
      for (const onlyRequired of [true, false]) {
        const members = input.members.filter(({ required }) => required || !onlyRequired);
        const given = Object.fromEntries(
          members.map(({ name: member, shape }) => [member, hostileValue(shape, text, 1)]),
        );
        const known = 'FunctionName' in given ? [{}, { FunctionName: 'f' }] : [{}];
        for (const more of known) {
          const outcome = await sdk.outcome('lambda', name, { ...given, ...more }).catch(() => undefined);
          if (outcome?.ok === false && (outcome.status ?? 0) >= 500)
            broken.push(`${name} ${text}: ${outcome.code} ${outcome.message}`);
        }
      }
    }
  }
  assert.deepEqual(broken, []);
});
