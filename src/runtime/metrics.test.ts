import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from './metrics.ts';

test('calls, conflicts, jobs and requests in flight are told in the text format', async () => {
  const metrics = new Metrics();
  metrics.called('ssm', 'GetParameter', 'ok', 0.004);
  metrics.called('ssm', 'GetParameter', 'ok', 0.2);
  metrics.called('ssm', 'GetParameter', 'ParameterNotFound', 0.004);
  metrics.conflicted();
  metrics.ranJob('ssm/policy', 'done');
  metrics.ranJob('ssm/policy', 'failed');
  metrics.entered();
  metrics.entered();
  metrics.left();
  const lines = new Set((await metrics.registry.metrics()).split('\n'));
  for (const line of [
    '# TYPE ringwall_calls_total counter',
    'ringwall_calls_total{service="ssm",operation="GetParameter",code="ok"} 2',
    'ringwall_calls_total{service="ssm",operation="GetParameter",code="ParameterNotFound"} 1',
    'ringwall_call_seconds_bucket{le="0.005",service="ssm",operation="GetParameter"} 2',
    'ringwall_call_seconds_bucket{le="+Inf",service="ssm",operation="GetParameter"} 3',
    'ringwall_call_seconds_count{service="ssm",operation="GetParameter"} 3',
    'ringwall_commit_conflicts_total 1',
    'ringwall_jobs_total{kind="ssm/policy",outcome="done"} 1',
    'ringwall_jobs_total{kind="ssm/policy",outcome="failed"} 1',
    'ringwall_requests_in_flight 1',
  ]) {
    assert.ok(lines.has(line), `missing: ${line}`);
  }
  assert.ok([...lines].some((line) => line.startsWith('process_resident_memory_bytes ')));
});

test('two installations count apart', async () => {
  const [one, other] = [new Metrics(), new Metrics()];
  one.conflicted();
  assert.match(await other.registry.metrics(), /^ringwall_commit_conflicts_total 0$/m);
});

test('a label cannot break out of its quotes', async () => {
  const metrics = new Metrics();
  metrics.called('ssm', 'a"} 1\nforged 1', 'ok', 0);
  assert.doesNotMatch(await metrics.registry.metrics(), /^forged/m);
});
