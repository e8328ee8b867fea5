import { setImmediate } from 'node:timers/promises';
import { inOrder } from '../../commands/in-order';
import type { Stack } from '../../topology/stacks';

const stack = (id: string, ...dependsOn: string[]): Stack => {
  return { id, kind: 'producer', region: 'us-east-1', order: 1, dependsOn };
};
const STACKS = [
  stack('a'),
  stack('b'),
  stack('c', 'a'),
  stack('d', 'a', 'b'),
  stack('e', 'elsewhere'),
];

/** Runs them, and notes when each begins and ends. */
async function run(
  failing: readonly string[],
  options: { parallelism?: number; reversed?: boolean; stopAt?: string } = {},
) {
  const events: string[] = [];
  let isStopped = false;
  const order = { parallelism: 4, ...options, isStopped: () => isStopped };
  const results = await inOrder(STACKS, order, async ({ id }) => {
    events.push(id);
    await setImmediate();
    isStopped ||= id === options.stopAt;
    events.push(`/${id}`);
    return { status: 'done', failed: failing.includes(id) };
  });
  return {
    events: events.join(' '),
    results: [...results].map(([{ id }, result]) => [id, result]),
  };
}

test('each begins when those before it are done, as many at once as may', async () => {
  expect((await run([])).events).toBe('a b e /a c /b d /e /c /d');
  expect((await run([], { parallelism: 1 })).events).toBe('a /a b /b c /c d /d e /e');
});

test('reversed, each begins when those after it are done', async () => {
  expect((await run([], { reversed: true })).events).toBe('e d c /e /d b /c a /b /a');
});

test('those after one that failed are skipped, the others run', async () => {
  const { events, results } = await run(['a']);
  expect(events).toBe('a b e /a /b /e');
  expect(results).toEqual([
    ['a', { status: 'done', failed: true }],
    ['b', { status: 'done', failed: false }],
    ['c', { status: 'skipped', failed: true, after: 'a' }],
    ['d', { status: 'skipped', failed: true, after: 'a' }],
    ['e', { status: 'done', failed: false }],
  ]);
});

test('after an interrupt none begins', async () => {
  const { events, results } = await run([], { parallelism: 1, stopAt: 'b' });
  expect(events).toBe('a /a b /b');
  expect(results.slice(2)).toEqual(
    ['c', 'd', 'e'].map((id) => [id, { status: 'stopped', failed: true }]),
  );
});

test('an error waits for what runs', async () => {
  const ended: string[] = [];
  const order = { parallelism: 4, isStopped: () => false };
  const running = inOrder(STACKS, order, async ({ id }) => {
    if (id === 'a') throw new Error('unexpected');
    await setImmediate();
    ended.push(id);
    return { failed: false };
  });
  await expect(running).rejects.toThrow('unexpected');
  expect(ended).toEqual(['b', 'e']);
});
