import type { Stack } from '../topology/stacks';

/** A stack whose turn did not come. */
export type NotRun =
  | { readonly status: 'skipped'; readonly failed: true; readonly after: string }
  | { readonly status: 'stopped'; readonly failed: true };

interface Order {
  /** Stacks at once. */
  readonly parallelism: number;
  /** Whether each runs before those that it is deployed after, as destroying does. */
  readonly reversed?: boolean;
  /** Whether no further stack may start. */
  readonly isStopped: () => boolean;
}

/**
 * Runs each stack when those that come before it are done. Those after one that failed are skipped.
 *
 * @param stacks in the order of deployment; those that they name and that are not among them are not waited for
 */
export async function inOrder<T extends { readonly failed: boolean }>(
  stacks: readonly Stack[],
  { parallelism, reversed = false, isStopped }: Order,
  run: (stack: Stack) => Promise<T>,
): Promise<ReadonlyMap<Stack, T | NotRun>> {
  const results = new Map<Stack, T | NotRun>();
  const comesAfter = (one: Stack, other: Stack) =>
    reversed ? other.dependsOn.includes(one.id) : one.dependsOn.includes(other.id);
  const before = new Map(
    stacks.map((stack) => [stack, stacks.filter((other) => comesAfter(stack, other))]),
  );
  const left = new Set(reversed ? [...stacks].reverse() : stacks);
  const running = new Set<Promise<void>>();
  for (;;) {
    for (const stack of left) {
      const first = before.get(stack) ?? [];
      const broken = first.find((each) => results.get(each)?.failed);
      if (isStopped()) results.set(stack, { status: 'stopped', failed: true });
      else if (broken) results.set(stack, { status: 'skipped', failed: true, after: broken.id });
      else if (running.size === parallelism || first.some((each) => !results.has(each))) continue;
      else {
        const turn = run(stack).then((result) => {
          results.set(stack, result);
          running.delete(turn);
        });
        running.add(turn);
      }
      left.delete(stack);
    }
    if (running.size === 0) return new Map(stacks.map((stack) => [stack, results.get(stack) as T]));
    try {
      await Promise.race(running);
    } catch (error) {
      // Nothing that still runs may end with this process.
      await Promise.allSettled(running);
      throw error;
    }
  }
}
