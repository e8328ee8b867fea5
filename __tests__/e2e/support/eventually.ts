import { setTimeout as sleep } from 'node:timers/promises';

/** Repeats an assertion until it holds, for a minute at most. */
export async function eventually(assertion: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await assertion();
    } catch (error) {
      if (attempt === 120) throw error;
      await sleep(500);
    }
  }
}
