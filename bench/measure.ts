/**
 * What each run gives, ascending, by contestant. They run in turn, so that whatever else the machine does affects
 * all of them.
 *
 * @param warmUps rounds that do not count
 */
export async function inTurn<T>(
  contestants: readonly T[],
  rounds: number,
  warmUps: number,
  run: (contestant: T) => number | Promise<number>,
): Promise<(T & { readonly results: readonly number[]; readonly median: number })[]> {
  const results = contestants.map(() => [] as number[]);
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const [index, contestant] of contestants.entries()) {
      const result = await run(contestant);
      if (round >= 0) results[index]?.push(result);
    }
  }
  return contestants.map((contestant, index) => {
    const sorted = results[index]?.sort((a, b) => a - b) ?? [];
    return { ...contestant, results: sorted, median: sorted[sorted.length >> 1] ?? Number.NaN };
  });
}
