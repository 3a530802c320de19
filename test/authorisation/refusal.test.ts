import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import type { Question } from '#runtime/installation.ts';
import { type Call, calls, nameOf } from './calls.ts';
import { refused, toldInAnswer, unasked } from './exceptions.ts';
import type { Outcome } from './sdk.ts';
import { serviceCases } from './services.ts';
import { openWorld, type Statement, type TestUser, type World } from './world.ts';

/** Status and code by service: the query protocol's, and JSON's. */
const refusals: Readonly<Record<string, string>> = {
  // Open: 403 is the model's status for the query protocol; JSON services answer 400.
  cloudtrail: '403 AccessDeniedException',
  iam: '403 AccessDenied',
  kms: '400 AccessDeniedException',
  ssm: '400 AccessDeniedException',
  sts: '403 AccessDenied',
  ...Object.fromEntries(serviceCases.map(({ service, refusal }) => [service, refusal])),
};

const free = new Set([...unasked, ...toldInAnswer].map(({ of }) => of));
const asking = calls.filter((call) => !free.has(nameOf(call)));

/** Closed to all for reasons that no policy can lift. */
const closed = new Set(refused.filter(({ what }) => what === 'AccessDenied').map(({ of }) => of));

/** What a refusal leaves: the texts of the policies that decided, for its explanation. */
const evidence = 'runtime/policy-text';

describe('every operation is closed to whom no policy opens it', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world?.stop());

  it('refuses a user without policies, in AWS’s words, and changes nothing', async () => {
    const nobody = await world.newUser('nobody', []);
    const { store } = world.ringwall.installation.house;
    const changed: string[] = [];
    const unsubscribe = store.onChange((changes) => {
      changed.push(...changes.map(({ key }) => key.collection).filter((name) => name !== evidence));
    });
    const wrong: string[] = [];
    const before = await stateOf(world);
    for (const call of asking) {
      const { result, questions } = await ask(world, nobody, call);
      const expected = refusalOf(call, nobody.arn, questions[0]);
      const found = result.ok ? 'it succeeds' : `${result.status} ${result.code}: ${result.message}`;
      if (questions.length !== 1 || found !== expected) wrong.push(`${nameOf(call)}: ${found}\n  expected ${expected}`);
      if (changed.length > 0) wrong.push(`${nameOf(call)} changed ${changed.splice(0).join(', ')}`);
    }
    unsubscribe();
    assert.deepEqual(wrong, []);
    assert.deepEqual(await stateOf(world), before);
  });

  it('opens to a user with exactly the permissions asked for, and to none with one less', async () => {
    const everything = await world.newUser('everything', [{ Action: '*', Resource: '*' }]);
    const exact = await world.newUser('exact', []);
    const wrong: string[] = [];
    for (const call of asking.filter((each) => !closed.has(nameOf(each)))) {
      world.freeze(true);
      const { questions } = await ask(world, everything, call);
      const statements = statementsOf(call, questions, everything, exact);
      world.freeze(false);
      await exact.allow(statements);
      world.freeze(true);
      const { result } = await ask(world, exact, call);
      if (isRefusal(result)) wrong.push(`${nameOf(call)} with ${JSON.stringify(statements)}: ${result.message}`);
      for (const left of statements.length > 1 ? statements : []) {
        world.freeze(false);
        await exact.allow(statements.filter((statement) => statement !== left));
        world.freeze(true);
        const { result: without } = await ask(world, exact, call);
        if (!isRefusal(without)) wrong.push(`${nameOf(call)} without ${JSON.stringify(left)}: not refused`);
      }
    }
    world.freeze(false);
    assert.deepEqual(wrong, []);
  });
});

function ask(world: World, { sdk }: TestUser, call: Call) {
  return world.questionsOf(() => sdk.outcome(call.service, call.operation, call.input(world.stock)));
}

function refusalOf({ service }: Call, user: string, asked: Question | undefined): string {
  if (asked === undefined) return 'a question';
  const { action, resource } = asked;
  return `${refusals[service]}: User: ${user} is not authorized to perform: ${action} on resource: ${resource.arn} because no identity-based policy allows the ${action} action`;
}

function isRefusal(outcome: Outcome): outcome is Extract<Outcome, { readonly ok: false }> {
  return !outcome.ok && /^AccessDenied/.test(outcome.code);
}

/** What was asked of one user, for another. Each statement once. */
function statementsOf(call: Call, questions: readonly Question[], from: TestUser, to: TestUser): readonly Statement[] {
  const texts = questions.map(({ action, resource }) => {
    const arn = resource.arn.replace(from.arn, to.arn);
    // Each CreateKey makes another key.
    const Resource = nameOf(call) === 'kms:CreateKey' ? arn.replace(/:key\/.+/, ':key/*') : arn;
    return JSON.stringify({ Action: action, Resource } satisfies Statement);
  });
  return [...new Set(texts)].map((text) => JSON.parse(text) as Statement);
}

async function stateOf(world: World): Promise<Readonly<Record<string, number>>> {
  const counts = await world.ringwall.installation.house.store.counts();
  return Object.fromEntries(Object.entries(counts).filter(([name]) => name !== evidence));
}
