import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openValkeyCounters } from '#store/counters/valkey-counters.ts';
import { countersConformance } from './counters.ts';

const url = process.env['RINGWALL_TEST_VALKEY'];
if (url === undefined) {
  test('counters: Valkey', { skip: 'needs a server: RINGWALL_TEST_VALKEY=redis://…' }, () => undefined);
} else {
  // The server's clock cannot be moved: this waits as long as it says.
  countersConformance(
    'Valkey',
    () => openValkeyCounters(url),
    (ms) => pause(ms),
  );
}
