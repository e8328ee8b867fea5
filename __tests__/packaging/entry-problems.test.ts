import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { entryProblems } from '../../packaging/entry-problems';
import { resolved } from '../helpers/synth-app';
import { topology } from '../helpers/topology';

mkdirSync('dist', { recursive: true });
const scratch = mkdtempSync(path.join('dist', 'entries-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What is wrong with an entry of this text, read by a subscription with this window. */
function problemsOf(
  text: string,
  window: number,
  environment = {},
): { problems: object[]; entry: string } {
  const entry = path.join(scratch, `entry-${readdirSync(scratch).length}.ts`);
  writeFileSync(entry, text);
  const content = topology({
    'consumers.process-orders.function.entry': entry,
    'consumers.process-orders.function.environment': environment,
    'subscriptions[0].tumblingWindowInSeconds': window,
  });
  return { problems: entryProblems(resolved(content)), entry };
}

const IMPORT = "import { defineProcessor } from '../../lambda-src/processor';\n";
const PROCESSOR = `${IMPORT}export default defineProcessor(() => {});\n`;
const HANDLER = `${IMPORT}export const handler = defineProcessor<{ a: string }>(async () => {});\n`;
writeFileSync(path.join(scratch, 'another.ts'), HANDLER);

describe('an entry for a tumbling window', () => {
  test.each([
    ['exports handler', 'export const handler = async ({ state }) => ({ state });\n'],
    ['is CommonJS', 'exports.handler = async ({ state }) => ({ state });\n'],
    [
      'gives its records to a processor',
      `${IMPORT}// export const handler = defineProcessor(() => {});\nconst inner = defineProcessor(() => {});\nexport const handler = async ({ Records, state }: any, context: any) => ({ ...(await inner({ Records }, context)), state });\n`,
    ],
  ])('may be one that %s', (_, text) => {
    expect(problemsOf(text, 60).problems).toEqual([]);
  });

  test.each([
    ['the default export', PROCESSOR],
    ['handler', HANDLER],
    ['handler of another file', "export { handler } from './another';\n"],
    [
      'handler, of a function by another name',
      "import { defineProcessor as define } from '../../lambda-src/processor';\nexport const handler = define(() => {});\n",
    ],
    [
      'handler by another name',
      "import * as p from '../../lambda-src/processor';\nlet run: (e: any, c: any) => unknown = p.defineBatchProcessor(() => {});\nexport { run as handler };\n",
    ],
  ])('must not be a processor, whose handler returns no state: %s', (_, text) => {
    const { problems, entry } = problemsOf(text, 60);
    expect(problems).toEqual([
      {
        path: ['consumers', 'process-orders', 'function', 'entry'],
        message: `${entry} must export a handler of its own as handler, since tumblingWindowInSeconds is 60 and the handler of a processor returns no state; write one that returns it, or leave the window out`,
      },
    ]);
  });
});

test('an entry with a processor has a LOG_LEVEL that is one', () => {
  const { problems, entry } = problemsOf(PROCESSOR, 0, { LOG_LEVEL: 'verbose' });
  expect(problems).toEqual([
    {
      path: ['consumers', 'process-orders', 'function', 'environment', 'LOG_LEVEL'],
      message: `must be DEBUG, INFO, WARN, ERROR, since ${entry} defines a processor, which reads it`,
      received: 'verbose',
    },
  ]);
  expect(problemsOf(PROCESSOR, 0, { LOG_LEVEL: 'warn' }).problems).toEqual([]);
  const own = 'export const handler = async () => null;\n';
  expect(problemsOf(own, 0, { LOG_LEVEL: 'verbose' }).problems).toEqual([]);
});
