import { strict as assert } from 'node:assert';
import { describe, test } from 'node:test';
import { refuseText } from './value.ts';

describe('texts that may be a value', () => {
  for (const value of ['x', ' ', '{', '{{', '}}', '}} {{', '{ {x} }', '{"a":{"b":1} }']) {
    test(JSON.stringify(value), () => assert.equal(refuseText(value), undefined));
  }
  for (const value of ['', '{{}}', '{{ssm:other}}', 'a {{\n}} b', '{"a":{{"b":1}}}']) {
    test(`${JSON.stringify(value)} may not`, () => assert.equal(refuseText(value)?.code, 'ValidationException'));
  }

  test('eight million braces are no burden', () => {
    const started = performance.now();
    assert.equal(refuseText('{'.repeat(8_000_000)), undefined);
    assert.ok(performance.now() - started < 1_000);
  });
});
