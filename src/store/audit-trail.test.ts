import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { type AuditBlock, auditLine, sealAuditBlock } from './audit-block.ts';
import { AuditIndex, type AuditTable } from './audit-index.ts';
import { type AuditSegment, SegmentDraft } from './audit-segment.ts';
import { auditRecords } from './audit-trail.ts';
import { emptyHead } from './head.ts';
import { memorySeal } from './seal/kinds/memory.ts';

const seal = memorySeal();

/** Blocks of 1,024 records; each record of block n has the term `block n`. */
function chain(count: number): readonly AuditBlock[] {
  const blocks: AuditBlock[] = [];
  for (let seq = 1; seq <= count; seq++) {
    const entries = Array.from({ length: 1_024 }, (_, at) => {
      const record = { id: `${seq}-${at}`, time: seq, json: '{}', terms: [`block ${seq}`] };
      return { ...record, line: auditLine(record) };
    });
    blocks.push(sealAuditBlock(seal, { seq, previous: blocks.at(-1)?.hash ?? emptyHead.auditHash }, entries));
  }
  return blocks;
}

function inMemory(blocks: readonly AuditBlock[], segments: Map<number, AuditSegment>): AuditTable {
  return {
    following: async (seq) => blocks.filter((block) => block.seq > seq).slice(0, 3),
    between: async ({ first, last }) => blocks.filter(({ seq }) => seq >= first && seq <= last),
    segmentsAfter: async (seq) => [...segments.values()].filter(({ last }) => last > seq),
    segment: async (first) => segments.get(first),
    addSegment: async (segment) => {
      segments.set(segment.first, segment);
    },
  };
}

function segmentOf(blocks: readonly AuditBlock[]): AuditSegment {
  const draft = new SegmentDraft();
  for (const block of blocks) draft.addStored(seal, block);
  return draft.seal(seal);
}

test('a shorter segment that another process put in the place of a longer one hides nothing', async () => {
  const blocks = chain(5);
  const head = { ...emptyHead, audit: 5, auditHash: blocks.at(-1)?.hash ?? emptyHead.auditHash };
  const segments = new Map<number, AuditSegment>();
  const table = inMemory(blocks, segments);
  const index = new AuditIndex(seal, table, () => head);
  assert.deepEqual(
    (await index.trail()).segments.map(({ first, last }) => [first, last]),
    [
      [1, 2],
      [3, 4],
    ],
  );
  segments.set(3, segmentOf(blocks.slice(2, 3)));
  let found = 0;
  for await (const { time } of auditRecords({ seal, table, index }, { from: 0, to: 9, terms: ['block 4'] })) {
    assert.equal(time, 4);
    found += 1;
  }
  assert.equal(found, 1_024);
});

test('of segments with other borders those are taken that follow each other', async () => {
  const blocks = chain(6);
  const head = { ...emptyHead, audit: 6, auditHash: blocks.at(-1)?.hash ?? emptyHead.auditHash };
  const stored = [segmentOf(blocks.slice(0, 2)), segmentOf(blocks.slice(1, 4)), segmentOf(blocks.slice(2, 5))];
  const segments = new Map(stored.map((segment) => [segment.first, segment]));
  const index = new AuditIndex(seal, inMemory(blocks, segments), () => head);
  const { segments: taken, tail } = await index.trail();
  assert.deepEqual(
    taken.map(({ first, last }) => [first, last]),
    [
      [1, 2],
      [3, 5],
    ],
  );
  assert.deepEqual(
    tail.map(({ seq }) => seq),
    [6],
  );
});
