import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { openTestLambda, refused, type TestLambda } from './client-for-tests.ts';

/** Processes whose command line holds a text: what a function left behind. */
function left(text: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) && Number(pid) !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)
      );
    } catch {
      return false;
    }
  });
}

describe('functions that misbehave are contained', { skip: process.platform !== 'linux' && 'looks into /proc' }, () => {
  let on: TestLambda;
  before(async () => {
    on = await openTestLambda();
  });
  after(() => on.stop());

  test('one that takes too long', async () => {
    await on.make(
      'slow',
      'export const handler = async (e) => { if (e.hang) await new Promise((r) => setTimeout(r, 60_000)); return 1; };',
      { Timeout: 1 },
    );
    const { value, error, log } = await on.call('slow', { hang: true });
    assert.equal(error, 'Unhandled');
    assert.equal(value.errorType, 'Sandbox.Timedout');
    assert.match(value.errorMessage, /^RequestId: \S+ Error: Task timed out after 1\.00 seconds$/);
    assert.match(log, /Z \S+ Task timed out after 1\.00 seconds\n/);
    assert.match(log, /REPORT .*\tStatus: timeout\t\n$/);
    assert.equal((await on.call('slow', {})).value, 1);
  });

  test('one that burns its processor', async () => {
    await on.make('loop', 'export const handler = async () => { for (;;); };', { Timeout: 1 });
    assert.equal((await on.call('loop')).value.errorType, 'Sandbox.Timedout');
  });

  for (const [code, text] of [
    [0, 'Runtime exited without providing a reason'],
    [1, 'Runtime exited with error: exit status 1'],
  ] as const) {
    test(`one that exits with ${code}`, async () => {
      await on.make(`exit-${code}`, `export const handler = async () => { process.exit(${code}); };`);
      const { value, log } = await on.call(`exit-${code}`);
      assert.equal(value.errorType, 'Runtime.ExitError');
      assert.match(value.errorMessage, new RegExp(`^RequestId: \\S+ Error: ${text}$`));
      assert.match(log, /REPORT .*Status: error\tError Type: Runtime\.ExitError/);
    });
  }

  test('one that leaves children, that ignore signals and sessions', async () => {
    const code = `import { spawn } from 'node:child_process';
      export const handler = async (e) => {
        spawn('setsid', ['sh', '-c', 'trap "" TERM HUP INT; sleep 98765'], { detached: true, stdio: 'ignore' }).unref();
        process.on('SIGTERM', () => {});
        await new Promise((r) => setTimeout(r, 60_000));
      };`;
    await on.make('forks', code, { Timeout: 1 });
    assert.equal((await on.call('forks')).value.errorType, 'Sandbox.Timedout');
    for (let i = 0; i < 100 && left('98765').length > 0; i += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(left('98765'), []);
  });

  test('one that takes more memory than it has', async () => {
    const code =
      'export const handler = async () => { const kept = []; for (;;) { kept.push(Buffer.alloc(8e6, 1)); await new Promise((r) => setTimeout(r, 10)); } };';
    await on.make('leak', code, { Timeout: 20 });
    const { value, error } = await on.call('leak');
    assert.equal(error, 'Unhandled');
    assert.match(value.errorMessage, /Runtime exited with error: signal: killed$/);
  });

  test('one that floods its output', async () => {
    const code =
      'export const handler = async () => { const line = "x".repeat(1000); for (let i = 0; i < 4000; i += 1) console.log(line); return "done"; };';
    await on.make('flood', code, { Timeout: 30 });
    const { value, log } = await on.call('flood');
    assert.equal(value, 'done');
    assert.match(log, /\n\d{7} bytes of output were not kept\nEND/);
    assert.ok(Buffer.byteLength(log) <= 4_096);
  });

  test('one that closes its output', async () => {
    await on.make(
      'shut',
      'import fs from "node:fs"; export const handler = async () => { fs.closeSync(1); fs.closeSync(2); return "still"; };',
    );
    assert.equal((await on.call('shut')).value, 'still');
  });

  test('one that answers more than fits', async () => {
    await on.make('large', 'export const handler = async (e) => "x".repeat(e.size);', { Timeout: 20, MemorySize: 512 });
    const { value, error } = await on.call('large', { size: 6_291_555 });
    assert.equal(error, 'Unhandled');
    assert.deepEqual(value, {
      errorType: 'Function.ResponseSizeTooLarge',
      errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
    });
    assert.equal((await on.call('large', { size: 6_291_554 })).value.length, 6_291_554);
  });

  const speak = (script: string) => [
    {
      path: 'bootstrap',
      content: `#!${process.execPath}\nconst api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2018-06-01/runtime/';\nconst next = async () => { const r = await fetch(api + 'invocation/next'); return [r.status, r.headers.get('lambda-runtime-aws-request-id'), await r.text()]; };\nconst post = async (path, body) => (await fetch(api + path, { method: 'POST', body })).status;\n(async () => { ${script} })();`,
      mode: 0o100755,
    },
  ];

  test('one that answers twice, to nobody, and asks out of turn', async () => {
    await on.make(
      'rude',
      speak(`for (;;) { const [, id] = await next();
        const seen = [await post('invocation/none/response', '1'), await post('nowhere', ''), (await next())[0]];
        await post('invocation/' + id + '/response', JSON.stringify(seen));
        await post('invocation/' + id + '/response', '"again"'); }`),
      { Runtime: 'provided.al2023', Timeout: 10 },
    );
    assert.deepEqual((await on.call('rude')).value, [400, 404, 403]);
    assert.deepEqual((await on.call('rude')).value, [400, 404, 403]);
  });

  test('one that speaks no HTTP, and then does', async () => {
    const garbage = `const net = require('node:net'); const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
      await new Promise((resolve) => { const s = net.connect(port, host, () => s.write('\\x00garbage\\r\\n\\r\\n')); s.on('close', resolve); s.on('error', resolve); });
      for (;;) { const [, id] = await next(); await post('invocation/' + id + '/response', '"fine"'); }`;
    await on.make('garbage', speak(garbage), { Runtime: 'provided.al2023', Timeout: 10 });
    assert.equal((await on.call('garbage')).value, 'fine');
  });

  test('one that never asks for events', async () => {
    await on.make('silent', speak('setInterval(() => {}, 1000);'), { Runtime: 'provided.al2023', Timeout: 1 });
    const { value } = await on.call('silent');
    assert.equal(value.errorType, 'Sandbox.Timedout');
  });

  test('another function’s Runtime API is closed', async () => {
    await on.make(
      'victim',
      'export const handler = async (e) => { if (e.wait) await new Promise((r) => setTimeout(r, 3_000)); return process.env.AWS_LAMBDA_RUNTIME_API; };',
      { Timeout: 10 },
    );
    const api = (await on.call('victim', {})).value as string;
    await on.make(
      'thief',
      'export const handler = async (e) => { try { const r = await fetch(e.url, { signal: AbortSignal.timeout(2000) }); return r.status; } catch (error) { return error.cause?.code ?? error.name; } };',
      { Timeout: 10 },
    );
    const { value } = await on.call('thief', { url: `http://${api}/2018-06-01/runtime/invocation/next` });
    assert.match(String(value), /^(UND_ERR_SOCKET|ECONNRESET)$/);
    // Nor is it open to the rest of the machine.
    const curl = spawnSync('curl', ['-sS', '-m', '2', `http://${api}/2018-06-01/runtime/invocation/next`]);
    if (curl.error === undefined) assert.notEqual(curl.status, 0);
    assert.equal((await on.call('victim', {})).value, api);
  });

  test('two accounts share neither files nor processes', {
    skip: process.getuid?.() !== 0 && 'depends on namespaces of the kernel',
  }, async () => {
    const code = `import fs from 'node:fs'; import { dirname } from 'node:path';
      export const handler = async (e) => { fs.writeFileSync('/tmp/mine', 'x'); return { tmp: fs.readdirSync('/tmp'), pids: fs.readdirSync('/proc').filter((n) => /^\\d+$/.test(n)), task: process.env.LAMBDA_TASK_ROOT }; };`;
    await on.make('one', code);
    await on.make('two', code);
    const [one, two] = [(await on.call('one')).value, (await on.call('two')).value];
    for (const seen of [one, two]) assert.deepEqual([seen.tmp, seen.pids], [['mine'], ['1']]);
  });

  test('no more run at once than are reserved', async () => {
    let waiting: (() => void) | undefined;
    const gate: Server = createServer((_request, response) => {
      waiting = () => response.end('go');
      arrived.resolve();
    });
    const arrived = Promise.withResolvers<void>();
    await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
    const { port } = gate.address() as AddressInfo;
    await on.make('gated', `export const handler = async () => (await fetch('http://127.0.0.1:${port}')).text();`, {
      Timeout: 30,
    });
    await on.lambda.putFunctionConcurrency({ FunctionName: 'gated', ReservedConcurrentExecutions: 1 });
    const first = on.call('gated');
    await arrived.promise;
    await assert.rejects(on.call('gated'), (error: Error & { readonly Reason?: string }) => {
      assert.equal(error.name, 'TooManyRequestsException');
      assert.equal(error.message, 'Rate Exceeded.');
      assert.equal(error.Reason, 'ReservedFunctionConcurrentInvocationLimitExceeded');
      return true;
    });
    waiting?.();
    await first.catch(() => {});
    gate.close();
    await on.lambda.putFunctionConcurrency({ FunctionName: 'gated', ReservedConcurrentExecutions: 0 });
    await refused(on.call('gated'), 'TooManyRequestsException', 'Rate Exceeded.');
  });
});
