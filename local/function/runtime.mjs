// Runs one function of Node.js in a child process, as Lambda's runtime does: loads its handler, calls it once for
// each message of the parent, and sends what came of it. The function's code runs in this process, so nothing that
// it changes (console, process.exit, process.send) is used here after it is loaded.
//
// Not as in Lambda: nothing freezes the process between invocations, files can be written next to the code, there are
// no layers and no AWS SDK of the runtime's own, and the log is what was written, without time and request ID.
// @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
import dns from 'node:dns';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

const { env, channel, ppid } = process;
const exit = process.exit.bind(process);
const send = process.send.bind(process);
const stringify = JSON.stringify;
const nextTurn = setImmediate;
const outputs = [process.stdout, process.stderr].map((stream) => stream.write.bind(stream));
process.send = undefined;

/** From nodejs24.x on there are no callbacks, and what a handler returns is awaited. */
const hasCallbacks = /nodejs(1\d|20|22)\./.test(env.AWS_EXECUTION_ENV);

/** Ends this process and those that it started: on Windows itself alone. */
function end() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}

process.once('disconnect', end);
// A handler that keeps this thread busy hears nothing.
const watch = `${end}; setInterval(() => process.ppid === ${ppid} || end(), 500)`;
new Worker(watch, { eval: true, env: {}, execArgv: [] }).unref();

// Not every system knows that names below localhost are its own (RFC 6761), such as that of a bucket.
const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(/(^|\.)localhost$/.test(name) ? '127.0.0.1' : name, ...rest);

class RuntimeError extends Error {
  constructor(name, message) {
    super(message);
    this.name = `Runtime.${name}`;
  }
}

// Calls with an endpoint of their own would reach AWS. Code that means to can go around it.
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [{ host, path }] = Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args);
  const isHere = path || !host || /^((.+\.)?localhost|127(\.\d+){3}|::1)$/i.test(host);
  if (isHere) return connect.apply(this, args);
  const message = `npm run local lets a function connect to this machine alone, got ${host}`;
  // Who calls waits for the error only later.
  nextTurn(() => this.destroy(new RuntimeError('NotPlayedLocally', message)));
  return this;
};

/** As Lambda looks for it: `folder/file.export` or `file.object.method`. */
async function loadHandler() {
  const { LAMBDA_TASK_ROOT: root, _HANDLER: name } = env;
  const [file, ...names] = path.basename(name).split('.');
  const place = path.resolve(root, path.dirname(name), file);
  const found = ['', '.js', '.mjs', '.cjs']
    .map((end) => place + end)
    .find((one) => existsSync(one));
  if (!found) throw new RuntimeError('ImportModuleError', `Cannot find module '${place}'`);
  const handler = names.reduce((value, key) => value?.[key], await load(found));
  if (typeof handler !== 'function') {
    throw new RuntimeError('HandlerNotFound', `${name} is not exported as a function`);
  }
  if (handler.length >= 3 && !hasCallbacks) {
    throw new RuntimeError(
      'CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24: return a promise, as in export const handler = async (event, context) => { … }',
    );
  }
  return handler;
}

async function load(file) {
  const asModule = () => import(pathToFileURL(file).href);
  try {
    return file.endsWith('.mjs') ? await asModule() : createRequire(file)(file);
  } catch (error) {
    const { code } = Object(error);
    if (/^ERR_REQUIRE_(ESM|ASYNC_MODULE)$/.test(code)) return asModule();
    if (error instanceof SyntaxError) throw new RuntimeError('UserCodeSyntaxError', error.stack);
    if (code === 'MODULE_NOT_FOUND') throw new RuntimeError('ImportModuleError', String(error));
    throw error;
  }
}

/** What happens where the event loop has no work left, although the handler has not answered. */
let withoutWork = () => {};
process.on('beforeExit', () => withoutWork());

/** What the handler answers, by a promise; up to nodejs22.x also by a callback, or by functions of the context. */
function call(handler, event, context) {
  if (!hasCallbacks) return handler(event, context);
  return new Promise((resolve, reject) => {
    const isError = (error) => error !== undefined && error !== null;
    const done = (error, result) => (isError(error) ? reject(error) : resolve(result));
    context.callbackWaitsForEmptyEventLoop = true;
    withoutWork = () => {
      if (handler.constructor.name !== 'AsyncFunction') resolve(null);
      else reject(new RuntimeError('NodeJsExit', 'nothing is left to wait for, and no answer'));
    };
    const result = handler(event, context, (error, result) => {
      if (isError(error) || !context.callbackWaitsForEmptyEventLoop) done(error, result);
      else withoutWork = () => resolve(result);
    });
    if (typeof result?.then === 'function') result.then(resolve, reject);
  });
}

function contextOf({ awsRequestId, invokedFunctionArn, clientContext, timeoutInSeconds }) {
  const deadline = Date.now() + timeoutInSeconds * 1_000;
  return {
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext,
    invokedFunctionArn,
    awsRequestId,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

/** Name, message and stack, whatever was thrown. */
function textOf(error) {
  try {
    if (!(error instanceof Error) && typeof error?.stack !== 'string') return String(error);
    const title = `${error.name}: ${error.message}`;
    const stack = String(error.stack);
    const frames = stack.split('\n').filter((line) => /^ +at /.test(line));
    return stack.startsWith(title) ? stack : [title, ...frames].join('\n');
  } catch {
    return 'what was thrown cannot be read';
  }
}

/** Its stack would lead here. */
const POISON = Object.assign(new Error('thrown in place of the handler, as asked for'), {
  name: 'PoisonChange',
  stack: '',
});

/** The end of the log comes on both outputs, which the parent waits for. */
let endOfLog = '';

function report(outcome, then = () => {}) {
  for (const write of outputs) write(endOfLog);
  endOfLog = '';
  send(outcome, then);
}

let isEnding = false;

/** An error with which the process ends, as Lambda's runtime does. */
function endWith(kind, code) {
  return (thrown) => {
    isEnding = true;
    const error = kind ? new RuntimeError(kind, textOf(thrown)) : thrown;
    report({ kind: 'failed', error: textOf(error), isLast: true }, () => exit(code));
  };
}
process.on('uncaughtException', endWith(undefined, 129));
process.on('unhandledRejection', endWith('UnhandledPromiseRejection', 128));

let handler;
const loading = loadHandler().then(
  (loaded) => {
    handler = loaded;
    send({ kind: 'answered', response: 'null' });
  },
  (error) => {
    send({ kind: 'failed', error: textOf(error) });
  },
);

process.on('message', async ({ event, fault, ...invocation }) => {
  await loading;
  endOfLog = invocation.endOfLog;
  // While the handler runs, only its own work keeps this process.
  channel.unref();
  let outcome;
  try {
    if (fault === 'poison') throw POISON;
    const answer = await call(handler, event, contextOf(invocation));
    outcome = { kind: 'answered', response: responseOf(answer) };
  } catch (error) {
    outcome = { kind: 'failed', error: textOf(error) };
  }
  channel.ref();
  withoutWork = () => {};
  // A promise that nobody waits for may have been rejected: this invocation fails with it, not the next.
  nextTurn(() => {
    if (!isEnding) report(outcome);
  });
});

function responseOf(answer) {
  let json;
  try {
    json = stringify(answer === undefined ? null : answer);
  } catch {
    // As for a function, which JSON leaves out.
  }
  if (json === undefined) throw new Error('Unable to stringify response body');
  return json;
}
