import { strict as assert } from 'node:assert';
import { after, before, describe, it, test } from 'node:test';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { asRecorded, type Recording, readRecordings, refusalOf } from '../../data/recordings-for-tests.ts';
import { replays } from './replays-for-tests.ts';
import { openStage, type Stage } from './targets-for-tests.ts';

const recordings = readRecordings('events');

if (recordings === undefined) test('recordings of AWS', { skip: 'the recordings are not installed' });
else replay(recordings);

function replay(cases: ReadonlyMap<string, Recording>): void {
  describe('what AWS answered', () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage();
    });
    after(() => stage.ringwall.stop());
    const names = [...cases.keys()].filter((name) => Object.hasOwn(replays, baseOf(name)));

    it('has no replay left over', () => {
      assert.deepEqual(
        Object.keys(replays).filter((base) => !names.some((name) => baseOf(name) === base)),
        [],
      );
    });
    for (const [number, name] of names.entries()) {
      it(name, async () => {
        const recording = cases.get(name) ?? {};
        const compared = new Set<string>();
        const value = (label: string, actual: unknown) => {
          check(actual, recording[label], label);
          compared.add(label);
        };
        await replays[baseOf(name)]?.({
          events: new EventBridge(stage.ringwall.client),
          account: stage.ringwall.account,
          // Each case finds the default bus as a new account has it, but for what the others left under names of their own.
          unique: `case-${number}`,
          parameter: /\[(.*)\]$/.exec(name)?.[1] ?? '',
          settled: () => stage.ringwall.settled(),
          advance: (ms) => stage.ringwall.advance(ms),
          answer: async (label, call) => {
            const answer = await call;
            value(label, asRecorded(answer as Parameters<typeof asRecorded>[0]));
            return answer;
          },
          refusal: async (label, call) => value(label, await refusalOf(call)),
        });
        assert.deepEqual(
          Object.keys(recording).filter((label) => !compared.has(label)),
          [],
          'every recorded answer is compared',
        );
      });
    }
  });
}

function baseOf(name: string): string {
  return name.replace(/\[.*\]$/s, '');
}

/** Values that vary are placeholders; members and all other texts are AWS's. */
function check(actual: unknown, recorded: unknown, path: string): void {
  if (Array.isArray(recorded)) {
    assert.ok(Array.isArray(actual), path);
    assert.equal(actual.length, recorded.length, path);
    for (const [index, each] of recorded.entries()) check(actual[index], each, `${path}[${index}]`);
  } else if (typeof recorded === 'object' && recorded !== null) {
    const found = (typeof actual === 'string' ? JSON.parse(actual) : actual) as Record<string, unknown>;
    const names = Object.keys(recorded).filter((name) => name !== 'message');
    const given = Object.keys(found).filter((name) => found[name] !== undefined);
    assert.deepEqual(given.sort(), names.sort(), `${path}: members`);
    for (const name of names) check(found[name], (recorded as Record<string, unknown>)[name], `${path}.${name}`);
  } else if (typeof recorded !== 'string') assert.equal(actual, recorded, path);
  else if (actual instanceof Date) assert.match(recorded, /^<?datetime>?$/, path);
  else if (/^[a-z]+(-[a-z]+)*-(arn|id)$/.test(recorded)) assert.equal(typeof actual, 'string', path);
  else text(String(actual), recorded, path);
}

/** Enumerations are listed in no order. */
const enumeration = /(enum value set: )\[([^\]]*)\]/g;

function text(actual: string, recorded: string, path: string): void {
  const plain = (given: string) =>
    given.replace(enumeration, (_, head: string, list: string) => head + list.split(', ').sort());
  const source = plain(recorded)
    .split(/<[\w-]+(?::\d+)?>|111111111111|second-invalid-target-id/)
    .map((part) => RegExp.escape(part))
    .join('.+');
  assert.match(plain(actual), new RegExp(`^${source}$`, 's'), path);
}
