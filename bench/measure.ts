import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

export interface Command {
  readonly name: string;
  readonly cwd: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Wall-clock seconds of each run, ascending. */
export type Times = readonly number[];

/** Runs the commands in turn, so that whatever else the machine does meets all of them. */
export function measure(commands: readonly Command[], rounds: number): Times[] {
  const times = commands.map(() => [] as number[]);
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, command] of commands.entries()) {
      const seconds = run(command);
      if (round >= 0) times[index]?.push(seconds); // the first round warms the disk cache
    }
  }
  return times.map((seconds) => seconds.sort((a, b) => a - b));
}

function run({ name, cwd, command, env }: Command): number {
  const [program = '', ...parameters] = command;
  const start = performance.now();
  const { status, stderr } = spawnSync(program, parameters, {
    cwd,
    env: { ...process.env, CI: 'true', CHECKPOINT_DISABLE: '1', ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name} failed\n${stderr}`);
  return (performance.now() - start) / 1000;
}

export function median(times: Times): number {
  return times[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** `3.41 s (3.37 to 3.52)` */
export function describe(times: Times): string {
  const [least, most] = [times.at(0), times.at(-1)].map((seconds) => seconds?.toFixed(2));
  return `${median(times).toFixed(2)} s (${least} to ${most})`;
}
