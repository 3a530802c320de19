import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { sessionTags } from './session-tags.ts';

const tag = (Key: string, Value = '') => ({ Key, Value });

describe('session tags', () => {
  it('are the request’s own and the transitive ones of the calling session', () => {
    const calling = { tags: { Team: 'blue', Once: 'x' }, transitiveTagKeys: ['team'] };
    assert.deepEqual(sessionTags([tag('Env', 'test')], ['ENV'], calling), {
      tags: { Team: 'blue', Env: 'test' },
      transitiveTagKeys: ['Team', 'ENV'],
    });
    assert.deepEqual(sessionTags(undefined, undefined, undefined), { tags: {}, transitiveTagKeys: [] });
  });

  const refused: readonly (readonly [string, Parameters<typeof sessionTags>])[] = [
    ['twice the same key', [[tag('a'), tag('A')], undefined, undefined]],
    ['a transitive key without a tag', [[tag('a')], ['b'], undefined]],
    ['a transitive tag replaced', [[tag('TEAM')], undefined, { tags: { Team: 'b' }, transitiveTagKeys: ['Team'] }]],
    ['51 tags', [Array.from({ length: 51 }, (_, index) => tag(`k${index}`)), undefined, undefined]],
  ];
  for (const [what, input] of refused) {
    it(`refuses ${what}`, () => assert.throws(() => sessionTags(...input), { name: 'InvalidParameterValue' }));
  }
});
