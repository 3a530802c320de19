import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { filterOf, mayContain } from './audit-filter.ts';

test('every term of a filter is found, whatever it is', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 200 }), (terms) => {
      const filter = filterOf(new Set(terms));
      return terms.every((term) => mayContain(filter, term));
    }),
  );
});

test('about one in a hundred absent terms seems to be there', () => {
  const term = (at: number) =>
    `111122223333/us-east-1/ResourceName=arn:aws:ssm:us-east-1:111122223333:parameter/app/${at}`;
  const filter = filterOf(new Set(Array.from({ length: 6_000 }, (_, at) => term(at))));
  assert.equal(filter.length, 7_500);
  const mistaken = Array.from({ length: 20_000 }, (_, at) => term(at + 6_000)).filter((each) =>
    mayContain(filter, each),
  );
  assert.ok(mistaken.length < 400, `${mistaken.length} of 20,000`);
});
