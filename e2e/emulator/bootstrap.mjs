// Runs one Lambda function in a long-lived Node process.
// Requests come in as JSON lines on stdin, answers go out as JSON lines on the
// descriptor named in EMULATOR_ANSWER_FD. stdout and stderr are the function's log;
// after each answer the line EMULATOR_END_OF_LOG marks its end.
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const answerFd = Number(process.env.EMULATOR_ANSWER_FD);
const endOfLog = process.env.EMULATOR_END_OF_LOG;
delete process.env.EMULATOR_ANSWER_FD;
delete process.env.EMULATOR_END_OF_LOG;

function answer(message) {
  const line = `${JSON.stringify(message)}\n`;
  process.stdout.write(`${endOfLog}\n`);
  fs.writeSync(answerFd, line);
}

function describe(error) {
  if (error instanceof Error) {
    return {
      errorType: error.name,
      errorMessage: error.message,
      trace: String(error.stack).split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function runtimeError(type, message) {
  return Object.assign(new Error(message), { name: type });
}

async function loadHandler() {
  const root = process.env.LAMBDA_TASK_ROOT;
  const handler = process.env._HANDLER;
  const directory = path.dirname(handler);
  const [file, ...names] = path.basename(handler).split('.');
  if (names.length === 0) {
    throw runtimeError('Runtime.MalformedHandlerName', `Bad handler ${handler}`);
  }
  const candidates = ['.js', '.mjs', '.cjs'].map((e) => path.join(root, directory, file + e));
  const found = candidates.find((candidate) => fs.existsSync(candidate));
  if (!found) {
    throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${file}'`);
  }
  const namespace = await import(pathToFileURL(found).href);
  const lookUp = (start) => names.reduce((value, name) => value?.[name], start);
  const fn = lookUp(namespace) ?? lookUp(namespace.default);
  if (typeof fn !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  return fn;
}

async function invoke(fn, { event, context, deadline }) {
  const getRemainingTimeInMillis = () => Math.max(0, deadline - Date.now());
  return fn(event, { ...context, getRemainingTimeInMillis });
}

let fn;
try {
  fn = await loadHandler();
  answer({ ready: true });
} catch (error) {
  console.error(error);
  answer({ error: describe(error) });
  process.exit(1);
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  try {
    answer({ result: (await invoke(fn, JSON.parse(line))) ?? null });
  } catch (error) {
    console.error(error);
    answer({ error: describe(error) });
  }
}
process.exit(0);
