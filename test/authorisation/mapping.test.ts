import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import type { Question } from '#runtime/installation.ts';
import { calls, nameOf } from './calls.ts';
import * as exceptions from './exceptions.ts';
import { factsOf, globalKeys, isKey } from './facts.ts';
import type { Outcome } from './sdk.ts';
import { openWorld, type TestUser, type World } from './world.ts';

type Asked = { readonly name: string; readonly outcome: Outcome; readonly questions: readonly Question[] };

describe('authorisation metadata of every operation', () => {
  let world: World;
  let caller: TestUser;
  const asked: Asked[] = [];

  before(async () => {
    world = await openWorld();
    caller = await world.newUser('caller', [{ Action: '*', Resource: '*' }]);
    world.freeze(true);
    for (const call of calls) {
      const { result: outcome, questions } = await world.questionsOf(() =>
        caller.sdk.outcome(call.service, call.operation, call.input(world.stock)),
      );
      asked.push({ name: nameOf(call), outcome, questions });
    }
  });
  after(() => world?.stop());

  it('is asked for with inputs that work', () => {
    const list = new exceptions.Exceptions(exceptions.refused);
    const failed = asked.flatMap(({ name, outcome }) =>
      outcome.ok || list.has(name, outcome.code)
        ? []
        : [`${name}: ${outcome.status} ${outcome.code}: ${outcome.message}`],
    );
    assert.deepEqual([failed, list.stale()], [[], []]);
  });

  it('asks for actions that AWS has', async () => {
    const list = new exceptions.Exceptions(exceptions.unasked);
    const unlisted = new exceptions.Exceptions(exceptions.unlistedActions);
    const wrong: string[] = [];
    for (const { name, questions } of asked) {
      if (questions.length === 0 && !list.has(name, 'no question')) wrong.push(`${name}: asks nothing`);
      for (const { action } of questions) {
        if ((await factsOf(action)) === undefined && !unlisted.has(name, action))
          wrong.push(`${name}: ${action} is no action`);
      }
    }
    assert.deepEqual([wrong, list.stale(), unlisted.stale()], [[], [], []]);
  });

  it('names resources of the types that the action has', async () => {
    const list = new exceptions.Exceptions(exceptions.resources);
    const wrong: string[] = [];
    for (const { name, questions } of asked) {
      for (const { action, resource } of questions) {
        const types = (await factsOf(action))?.resourceTypes ?? [];
        const fits = types.length === 0 ? resource.arn === '*' : types.some(({ arn }) => arn.test(resource.arn));
        if (!fits && !list.has(subject(name, action), withoutPlace(resource.arn).replace(/^\*$/, 'any')))
          wrong.push(
            `${name}: ${action} on ${resource.arn}, expected ${types.map(({ name: type }) => type).join(', ') || '*'}`,
          );
      }
    }
    assert.deepEqual([wrong, list.stale()], [[], []]);
  });

  it('names a resource of every type that the action needs', async () => {
    const list = new exceptions.Exceptions(exceptions.absentTypes);
    const wrong: string[] = [];
    for (const { name, questions } of asked) {
      for (const action of new Set(questions.map((question) => question.action))) {
        const arns = questions.filter((question) => question.action === action).map(({ resource }) => resource.arn);
        const absent = ((await factsOf(action))?.resourceTypes ?? []).filter(
          ({ required, arn }) => required && !arns.some((each) => arn.test(each)),
        );
        for (const { name: type } of absent)
          if (!list.has(subject(name, action), type)) wrong.push(`${name}: ${action} names no ${type}`);
      }
    }
    assert.deepEqual([wrong, list.stale()], [[], []]);
  });

  it('gives condition keys that the action, the resource or every request has', async () => {
    const list = new exceptions.Exceptions(exceptions.unlistedKeys);
    const wrong = new Set<string>();
    for (const { name, questions } of asked) {
      for (const question of questions) {
        const listed = [...globalKeys, ...(await keysListed(question))];
        for (const key of keysOf(question)) {
          if (!listed.some((each) => isKey(key, each)) && !list.has(subject(name, question.action), key))
            wrong.add(`${subject(name, question.action)}: ${key}`);
        }
      }
    }
    assert.deepEqual([[...wrong], list.stale()], [[], []]);
  });

  it('gives every condition key that the action and its resource have', async () => {
    const list = new exceptions.Exceptions(exceptions.absentKeys);
    const wrong = new Set<string>();
    for (const { name, questions } of asked) {
      for (const question of questions) {
        // Of several resources of one type, a new name or a replica, not each has everything.
        const alike = questions.filter(
          ({ action, resource }) =>
            action === question.action && typeIn(resource.arn) === typeIn(question.resource.arn),
        );
        const given = alike.flatMap(keysOf);
        for (const key of await keysListed(question)) {
          const of = subject(name, question.action);
          if (!given.some((each) => isKey(each, key)) && !list.has(of, key)) wrong.add(`${of}: ${key}`);
        }
      }
    }
    assert.deepEqual([[...wrong], list.stale()], [[], []]);
  });
});

async function keysListed({ action, resource }: Question): Promise<readonly string[]> {
  const facts = await factsOf(action);
  const types = (facts?.resourceTypes ?? []).filter(({ arn }) => arn.test(resource.arn));
  return [...new Set([...(facts?.conditionKeys ?? []), ...types.flatMap(({ conditionKeys }) => conditionKeys)])];
}

function keysOf({ keys }: Question): readonly string[] {
  return Object.keys(keys).filter((key) => keys[key] !== undefined);
}

/** The operation, and the action where it is another one: `kms:CreateKey > kms:TagResource`. */
function subject(operation: string, action: string): string {
  return operation === action ? action : `${operation} > ${action}`;
}

function typeIn(arn: string): string {
  return withoutPlace(arn).split('/', 1)[0] ?? '';
}

/** An ARN from its resource on: `user/ann`; other texts as they are. */
function withoutPlace(arn: string): string {
  return arn.startsWith('arn:') ? arn.split(':').slice(5).join(':') : arn;
}
