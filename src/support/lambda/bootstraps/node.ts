/**
 * What runs a function of a `nodejs*` runtime: asks the Runtime API for events, and calls the handler. A text of its own, because it runs
 * in the function's process, not in the server's. CommonJS: it starts quickest.
 */
export const nodeBootstrap = String.raw`'use strict';
const http = require('node:http');
const path = require('node:path');
const fs = require('node:fs');
const { pathToFileURL } = require('node:url');
const util = require('node:util');

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const base = '/2018-06-01/runtime/';

function call(method, where, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host, port, agent, method, path: base + where, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function post(where, body, headers) {
  const bytes = Buffer.from(body);
  return call('POST', where, { 'content-type': 'application/json', 'content-length': bytes.length, ...headers }, bytes);
}

let requestId;
const levels = { log: 'INFO', trace: 'TRACE', debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR', fatal: 'FATAL' };
function write(level, text) {
  // One record is one line: the server turns carriage returns back.
  const line = new Date().toISOString() + '\t' + requestId + '\t' + level + '\t' + text;
  let bytes = Buffer.from(line.replace(/\n/g, '\r') + '\n');
  // What is written is there before the answer is: the stream would keep it back while the pipe is full.
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(1, bytes));
    } catch (error) {
      if (error.code !== 'EAGAIN') return;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}
const pause = new Int32Array(new SharedArrayBuffer(4));
/** What the handler wrote itself. */
function written() {
  if (process.stdout.writableLength === 0 || process.stdout.destroyed) return undefined;
  return new Promise((resolve) => process.stdout.write('', resolve));
}
for (const name of Object.keys(levels)) console[name] = (...args) => write(levels[name], util.format(...args));

function described(error) {
  if (util.types.isNativeError(error) || (error && error.name && error.message !== undefined && error.stack)) {
    return {
      errorType: String(error.name),
      errorMessage: String(error.message),
      trace: String(error.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function named(name, message, cause) {
  const error = new Error(message);
  error.name = name;
  if (cause && cause.stack) error.stack = name + ': ' + message + '\n' + String(cause.stack).split('\n').slice(1).join('\n');
  return error;
}

async function moduleAt(file) {
  if (file.endsWith('.mjs')) return import(pathToFileURL(file));
  try {
    return require(file);
  } catch (error) {
    if (error.code !== 'ERR_REQUIRE_ASYNC_MODULE' && error.code !== 'ERR_REQUIRE_ESM') throw error;
    return import(pathToFileURL(file));
  }
}

async function loadHandler(root, text) {
  if (text.includes('..')) throw named('Runtime.MalformedHandlerName', "'" + text + "' is not a valid handler name. Use absolute paths when specifying root directories in handler names.");
  const slash = text.lastIndexOf('/') + 1;
  const dot = text.indexOf('.', slash);
  if (dot <= slash) throw named('Runtime.MalformedHandlerName', 'Bad handler');
  const name = text.slice(0, dot);
  const method = text.slice(dot + 1);
  const file = ['.js', '.mjs', '.cjs', ''].map((end) => path.resolve(root, name + end)).find((each) => fs.existsSync(each) && fs.statSync(each).isFile());
  if (file === undefined) throw named('Runtime.ImportModuleError', "Error: Cannot find module '" + name + "'\nRequire stack:\n- " + path.join(root, 'index.mjs'));
  let loaded;
  try {
    loaded = await moduleAt(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw named('Runtime.UserCodeSyntaxError', String(error), error);
    if (error && (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND')) throw named('Runtime.ImportModuleError', String(error), error);
    throw error;
  }
  const find = (from) => method.split('.').reduce((at, key) => (at == null ? undefined : at[key]), from);
  const handler = find(loaded) ?? find(loaded.default);
  if (handler === undefined) throw named('Runtime.HandlerNotFound', text + ' is undefined or not exported');
  if (typeof handler !== 'function') throw named('Runtime.HandlerNotFound', text + ' is not a function');
  return handler;
}

let fatal = async (error) => { throw error; };
process.on('uncaughtException', (error) => void fatal(error, 'Uncaught Exception', 129));
process.on('unhandledRejection', (reason) => void fatal(named('Runtime.UnhandledPromiseRejection', String(reason), reason), 'Unhandled Promise Rejection', 128));

function contextOf(headers) {
  const env = process.env;
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const given = headers['lambda-runtime-client-context'];
  const identity = headers['lambda-runtime-cognito-identity'];
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: given === undefined ? undefined : JSON.parse(given),
    identity: identity === undefined ? undefined : JSON.parse(identity),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

/** Resolves with [failed, value] once the handler has answered, in whichever style. */
function run(handler, event, context) {
  return new Promise((resolve) => {
    let answered = false;
    const answer = (failed, value) => {
      if (answered) return;
      answered = true;
      if (!context.callbackWaitsForEmptyEventLoop) return resolve([failed, value]);
      process.once('beforeExit', () => resolve([failed, value]));
    };
    const callback = (error, value) => (error !== undefined && error !== null ? answer(true, error) : answer(false, value));
    context.succeed = (value) => answer(false, value);
    context.fail = (error) => answer(true, error ?? 'handled');
    context.done = callback;
    let result;
    try {
      result = handler(event, context, callback);
    } catch (error) {
      return resolve([true, error]);
    }
    if (result && typeof result.then === 'function') {
      result.then((value) => { answered = true; resolve([false, value]); }, (error) => { answered = true; resolve([true, error]); });
    } else if (handler.length < 3) {
      // What never calls back ends with its event loop.
      process.once('beforeExit', () => { if (!answered) resolve([false, null]); });
    } else {
      process.once('beforeExit', () => { if (!answered) resolve([false, null]); });
    }
  });
}

async function main() {
  let handler;
  try {
    fatal = async (error, what, code) => {
      write('ERROR', what + ' \t' + JSON.stringify(described(error)));
      await post('init/error', JSON.stringify(described(error)), { 'lambda-runtime-function-error-type': 'Unhandled' });
      process.exit(code);
    };
    handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  } catch (error) {
    write('ERROR', 'Uncaught Exception \t' + JSON.stringify(described(error)));
    await post('init/error', JSON.stringify(described(error)), { 'lambda-runtime-function-error-type': described(error).errorType });
    process.exit(1);
  }
  for (;;) {
    const next = await call('GET', 'invocation/next', {});
    const id = next.headers['lambda-runtime-aws-request-id'];
    if (next.status !== 200 || id === undefined) process.exit(1);
    requestId = id;
    if (next.headers['lambda-runtime-trace-id']) process.env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'];
    const failed = (error, what) => {
      const text = JSON.stringify(described(error));
      write('ERROR', what + ' \t' + text);
      return post('invocation/' + id + '/error', text, { 'lambda-runtime-function-error-type': described(error).errorType.replace(/[^\x20-\x7e]/g, '?') });
    };
    fatal = async (error, what, code) => {
      await failed(error, what);
      process.exit(code);
    };
    const [wrong, value] = await run(handler, JSON.parse(next.body.toString('utf8')), contextOf(next.headers));
    await written();
    if (wrong) {
      await failed(value, 'Invoke Error');
      continue;
    }
    let text;
    try {
      text = JSON.stringify(value === undefined ? null : value) ?? 'null';
    } catch (error) {
      await failed(named('Runtime.UnmarshalableResponse', 'Unable to stringify response body', error), 'Invoke Error');
      continue;
    }
    await post('invocation/' + id + '/response', text, {});
  }
}

main().catch(() => process.exit(1));
`;
