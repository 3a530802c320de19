import { strict as assert } from 'node:assert';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { openTestStore, type TestStore } from './client-for-tests.ts';

/** What a parameter is, in its simplest form. */
type Model = Map<string, { readonly values: string[]; readonly labels: Map<string, number> }>;

type Step =
  | { readonly do: 'put'; readonly name: string; readonly value: string; readonly overwrite: boolean }
  | {
      readonly do: 'label' | 'unlabel';
      readonly name: string;
      readonly version: number;
      readonly labels: readonly string[];
    }
  | { readonly do: 'delete'; readonly name: string };

const name = fc.constantFrom('/m/a', '/m/b', 'c');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('put'),
      name,
      value: fc.stringMatching(/^[a-z]{1,4}$/),
      overwrite: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('label', 'unlabel'),
      name,
      version: fc.integer({ min: 1, max: 4 }),
      labels: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete'), name }) },
);

/** Applies a step to the model; the error code that it must give, if any. */
function expect(model: Model, step: Step): string | undefined {
  const row = model.get(step.name);
  if (step.do === 'put') {
    if (row !== undefined && !step.overwrite) return 'ParameterAlreadyExists';
    if (row === undefined) model.set(step.name, { values: [step.value], labels: new Map() });
    else row.values.push(step.value);
    return undefined;
  }
  if (row === undefined) return 'ParameterNotFound';
  if (step.do === 'delete') {
    model.delete(step.name);
    return undefined;
  }
  if (step.version > row.values.length) return 'ParameterVersionNotFound';
  for (const label of step.labels) {
    if (step.do === 'label') row.labels.set(label, step.version);
    else if (row.labels.get(label) === step.version) row.labels.delete(label);
  }
  return undefined;
}

let store: TestStore;
before(async () => {
  store = await openTestStore();
});
after(() => store.ringwall.stop());

async function run(step: Step): Promise<string | undefined> {
  try {
    if (step.do === 'put')
      await store.ssm.putParameter({ Name: step.name, Value: step.value, Type: 'String', Overwrite: step.overwrite });
    else if (step.do === 'delete') await store.ssm.deleteParameter({ Name: step.name });
    else {
      const input = { Name: step.name, ParameterVersion: step.version, Labels: [...step.labels] };
      await (step.do === 'label' ? store.ssm.labelParameterVersion(input) : store.ssm.unlabelParameterVersion(input));
    }
    return undefined;
  } catch (error) {
    return (error as Error).name;
  }
}

/** Everything that can be seen of the parameters, by three ways of looking. */
async function agrees(model: Model): Promise<void> {
  const listed = await store.ssm.describeParameters({ MaxResults: 50 });
  assert.deepEqual(
    listed.Parameters?.map(({ Name, Version }) => [Name, Version]),
    [...model].map(([key, { values }]) => [key, values.length]).sort(),
  );
  for (const [Name, { values, labels }] of model) {
    const { Parameters } = await store.ssm.getParameterHistory({ Name });
    assert.deepEqual(
      Parameters?.map(({ Value, Labels }) => [Value, [...(Labels ?? [])].sort()]),
      values.map((value, index) => [
        value,
        [...labels]
          .filter(([, at]) => at === index + 1)
          .map(([label]) => label)
          .sort(),
      ]),
    );
    const Names = [Name, ...[...labels.keys()].map((label) => `${Name}:${label}`)];
    const found = await store.ssm.getParameters({ Names });
    assert.deepEqual(found.InvalidParameters, []);
    for (const { Selector, Value } of found.Parameters ?? []) {
      const version = Selector === undefined ? values.length : labels.get(Selector.slice(1));
      assert.equal(Value, values[(version ?? 0) - 1]);
    }
  }
}

test('puts, labels and deletions in any order do what a map would', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const model: Model = new Map();
      for (const entry of steps) assert.equal(await run(entry), expect(model, entry), JSON.stringify(entry));
      await agrees(model);
      for (const key of model.keys()) await store.ssm.deleteParameter({ Name: key });
    }),
    { numRuns: 60 },
  );
});
