import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { attributeTerm, nameIn } from './look-up-terms.ts';

const place = { account: '111122223333', region: 'us-east-1' };
const term = (value: string) => attributeTerm(place, 'ResourceName', value);

test('a resource has one term, for its ARN and for the name in it', () => {
  const arns = [
    'arn:aws:ssm:us-east-1:111122223333:parameter/app/db/password',
    'arn:aws:iam::111122223333:user/ann',
    'arn:aws:sns:us-east-1:111122223333:topic',
    'arn:aws:s3:::bucket/a:b/c:d',
    'arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/f:*',
  ];
  for (const arn of arns) assert.equal(term(arn), term(nameIn(arn)), arn);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ':', '/') }), (text) => {
      const name = nameIn(text);
      return name === '' || term(text) === term(name);
    }),
  );
});

test('nothing of one account or region is another’s', () => {
  const terms = [
    attributeTerm(place, 'EventName', 'GetUser'),
    attributeTerm({ ...place, region: 'eu-west-1' }, 'EventName', 'GetUser'),
    attributeTerm({ ...place, account: '444455556666' }, 'EventName', 'GetUser'),
    attributeTerm(place, 'Username', 'GetUser'),
  ];
  assert.equal(new Set(terms).size, terms.length);
});
