import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { entryProblems } from '../../constructs/entry-problems';
import { resolved } from '../helpers/synth-app';
import { topology } from '../helpers/topology';

mkdirSync('dist', { recursive: true });
const scratch = mkdtempSync(path.join('dist', 'entries-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** What is wrong with an entry of this text, read by a subscription with this window. */
function problemsOf(text: string, window: number): { problems: object[]; entry: string } {
  const entry = path.join(scratch, `entry-${window}-${text.length}.js`);
  writeFileSync(entry, text);
  const content = topology({
    'consumers.process-orders.function.entry': entry,
    'subscriptions[0].tumblingWindowInSeconds': window,
  });
  return { problems: entryProblems(resolved(content)), entry };
}

const PROCESSOR =
  "import { defineProcessor } from '../../lambda-src/processor';\nexport default defineProcessor(() => {});\n";

describe('an entry for a tumbling window', () => {
  test.each([
    ['exports handler', 'export const handler = async ({ state }) => ({ state });\n'],
    ['is CommonJS', 'exports.handler = async ({ state }) => ({ state });\n'],
  ])('may be one that %s', (_, text) => {
    expect(problemsOf(text, 60).problems).toEqual([]);
  });

  test('must not be a processor, whose handler returns no state', () => {
    const { problems, entry } = problemsOf(PROCESSOR, 60);
    expect(problems).toEqual([
      {
        path: ['consumers', 'process-orders', 'function', 'entry'],
        message: `${entry} must export a handler of its own as handler, since tumblingWindowInSeconds is 60 and the handler of a processor returns no state; write one that returns it, or leave the window out`,
      },
    ]);
  });
});

test('a processor without a window is an entry', () => {
  expect(problemsOf(PROCESSOR, 0).problems).toEqual([]);
});
