import { strict as assert } from 'node:assert';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { attach, detach, isLabel, labelsOf, versionOf } from './labels.ts';

describe('labels', () => {
  for (const label of ['a', 'Production', '_x', '.x', '-x', 'my.label-1_2', 'myaws', '__proto__', 'a'.repeat(100)]) {
    test(`${label.slice(0, 20)} is one`, () => assert.ok(isLabel(label)));
  }
  for (const label of ['', '9abc', 'aws', 'AWSabc', 'ssmabc', 'SSM', 'abc/123', 'a b', 'ä', 'a\n', 'a'.repeat(101)]) {
    test(`${JSON.stringify(label.slice(0, 20))} is not`, () => assert.ok(!isLabel(label)));
  }

  test('a label moves, and leaves the others where they are', () => {
    const labels = attach({ test: 1, prod: 1 }, 2, ['prod', 'next']);
    assert.deepEqual(labels, { test: 1, prod: 2, next: 2 });
  });

  test('a version carries ten', () => {
    const ten = Array.from({ length: 10 }, (_, index) => `l${index}`);
    const labels = attach({}, 1, ten);
    assert.equal(labelsOf(labels ?? {}, 1).length, 10);
    assert.equal(attach(labels ?? {}, 1, ['one-more']), undefined);
    assert.equal(labelsOf(attach(labels ?? {}, 1, ['l3']) ?? {}, 1).length, 10);
    assert.equal(labelsOf(attach(labels ?? {}, 2, ['one-more']) ?? {}, 2).length, 1);
  });

  test('labels named like members of objects are labels', () => {
    assert.equal(versionOf({}, 'constructor'), undefined);
    assert.equal(versionOf({}, '__proto__'), undefined);
    const labels = attach({}, 3, ['__proto__', 'constructor']) ?? {};
    assert.deepEqual(labelsOf(labels, 3), ['__proto__', 'constructor']);
    assert.deepEqual(labelsOf(JSON.parse(JSON.stringify(labels)), 3), ['__proto__', 'constructor']);
  });

  test('what was attached can be detached, once', () => {
    const label = fc.constantFrom('a', 'b', 'c', '__proto__', 'toString');
    fc.assert(
      fc.property(fc.array(label), fc.array(label), (added, dropped) => {
        const labels = attach({ other: 1 }, 2, added) ?? {};
        const first = detach(labels, 2, dropped);
        assert.deepEqual(new Set(first.removed), new Set(dropped.filter((name) => added.includes(name))));
        assert.deepEqual(new Set(first.invalid), new Set(dropped.filter((name) => !added.includes(name))));
        assert.deepEqual(detach(first.labels, 2, dropped).removed, []);
        assert.equal(first.labels['other'], 1);
      }),
    );
  });
});
