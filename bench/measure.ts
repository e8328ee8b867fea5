/** Milliseconds that a call takes. */
export async function timeOf(call: () => unknown): Promise<number> {
  const start = performance.now();
  await call();
  return performance.now() - start;
}

/**
 * Prints how many milliseconds each takes, also as a ratio of the last one, the reference. They run in turn, so that
 * whatever else the machine does affects all of them; the first round does not count.
 */
export async function compare(
  title: string,
  contestants: readonly { name: string; run: () => number | Promise<number> }[],
  rounds: number,
): Promise<void> {
  const measured = contestants.map((contestant) => ({ ...contestant, results: [] as number[] }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { run, results } of measured) {
      const result = await run();
      if (round > 0) results.push(result);
    }
  }
  console.log(`${title}, in ms, median of ${rounds} runs (least to most)`);
  const medianOf = (results: number[]) => results.sort((a, b) => a - b)[rounds >> 1] ?? 0;
  const reference = measured.at(-1);
  const whole = medianOf(reference?.results ?? []);
  for (const { name, results } of measured) {
    const median = medianOf(results);
    const times = `${median.toFixed(1)} (${results[0]?.toFixed(1)} to ${results.at(-1)?.toFixed(1)})`;
    const ratio = (median / whole).toFixed(2);
    console.log(`  ${name.padEnd(32)}${times.padStart(26)}  ${ratio} times ${reference?.name}`);
  }
}
