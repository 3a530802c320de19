import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import fc from 'fast-check';
import { inOrder, type Line, Lines, pack } from './layout.ts';
import { comparePositions, endBefore, endOfTime, eventId, positionIn, startOf } from './position.ts';

const call = fc.integer({ min: 0, max: 9 }).map((digit) => String(digit).repeat(20));
const line = fc.record(
  {
    time: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_001_000 }),
    call,
    index: fc.integer({ min: 0, max: 9_999 }),
    ingested: fc.constant(1_700_000_002_000),
    message: fc.string({ unit: 'binary', minLength: 1 }).map((text) => text.toWellFormed()),
  },
  { noNullPrototype: true },
);
const lines = fc
  .uniqueArray(line, { maxLength: 60, selector: (each) => eventId(each) })
  .map((list): readonly Line[] => inOrder(list));

test('what is packed is read again, line by line', () => {
  fc.assert(
    fc.property(lines, (list) => {
      const packed = pack(list);
      const read = new Lines(packed.bytes, packed.batches, packed.first);
      assert.deepEqual(
        Array.from({ length: read.count }, (_, at) => read.line(at)),
        list,
      );
      assert.equal(
        packed.size,
        list.reduce((sum, { message }) => sum + Buffer.byteLength(message), 0),
      );
    }),
  );
});

test('a needle is found in the first line that has it, and never across two', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 20 }), letters, (messages, needle) => {
      const packed = pack(
        messages.map((message, index) => ({ time: 5, call: '0'.repeat(20), index, ingested: 6, message })),
      );
      const read = new Lines(packed.bytes, packed.batches, packed.first);
      for (let from = 0; from <= messages.length; from += 1) {
        const expected = messages.findIndex((message, at) => at >= from && message.includes(needle));
        assert.equal(read.findFrom(from, Buffer.from(needle)), expected === -1 ? messages.length : expected);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('ids have 56 digits, ascend as positions do, and lead back to them', () => {
  const position = fc.record(
    {
      time: fc.integer({ min: 0, max: endOfTime }),
      call: fc.integer({ min: 0 }).map((number) => number.toString(16).padStart(20, '0')),
      index: fc.integer({ min: 0, max: 10_000 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(position, position, (a, b) => {
      assert.match(eventId(a), /^\d{56}$/);
      assert.deepEqual(positionIn(eventId(a)), a);
      assert.equal(Math.sign(comparePositions(a, b)), eventId(a) < eventId(b) ? -1 : eventId(a) > eventId(b) ? 1 : 0);
    }),
  );
  assert.ok(comparePositions(endBefore(7), startOf(7)) < 0);
  assert.equal(positionIn('9'.repeat(56))?.time, Number((10n ** 56n - 1n) >> 144n));
  assert.equal(positionIn('x'), undefined);
});
