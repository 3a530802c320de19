import assert from 'node:assert/strict';
import { BlockList, isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressOf, blockContains, blockOf } from './ip-block.ts';

test('agrees with the platform on what an address is', () => {
  const piece = fc.constantFrom('0', '1', '9', '25', '255', '256', '01', 'f', 'ffff', 'fffff', '.', ':', '::', '');
  const text = fc.array(piece, { maxLength: 15 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(fc.oneof(text, fc.ipV4(), fc.ipV6()), (address) => {
      assert.equal(addressOf(address) !== undefined, isIP(address) !== 0, address);
    }),
    { numRuns: 5_000 },
  );
});

test('agrees with the platform on what a block holds', () => {
  const v4 = fc.tuple(fc.ipV4(), fc.ipV4(), fc.nat(32), fc.constant('ipv4' as const));
  const v6 = fc.tuple(fc.ipV6(), fc.ipV6(), fc.nat(128), fc.constant('ipv6' as const));
  fc.assert(
    fc.property(fc.oneof(v4, v6), fc.boolean(), ([network, other, bits, family], same) => {
      const address = same ? network : other;
      if (address.toLowerCase().includes('ffff:') || network.toLowerCase().includes('ffff:')) return; // mapped addresses are ours
      const list = new BlockList();
      list.addSubnet(network, bits, family);
      const block = blockOf(`${network}/${bits}`);
      const parsed = addressOf(address);
      assert.ok(block && parsed);
      assert.equal(blockContains(block, parsed), list.check(address, family));
    }),
    { numRuns: 2_000 },
  );
});

for (const [block, address, expected] of [
  ['203.0.113.0/24', '::ffff:203.0.113.9', true],
  ['::ffff:203.0.113.0/120', '203.0.113.9', true],
  ['::ffff:203.0.113.0/120', '203.0.114.9', false],
  ['10.0.0.0/0', '255.255.255.255', true],
  ['10.0.0.0/0', '::1', false],
  ['2001:db8::/33', '2001:db8:7fff::1', true],
  ['2001:db8::/33', '2001:db8:8000::1', false],
] as const) {
  test(`${block} ${expected ? 'holds' : 'does not hold'} ${address}`, () => {
    const parsed = blockOf(block);
    const one = addressOf(address);
    assert.ok(parsed && one);
    assert.equal(blockContains(parsed, one), expected);
  });
}

test('no blocks', () => {
  for (const text of [
    '',
    '/24',
    '10.0.0.0/',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0/8',
    'a/8',
  ]) {
    assert.equal(blockOf(text), undefined, text);
  }
});
