import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

/** What a program and all that it started took. */
export interface Taken {
  readonly succeeded: boolean;
  /** Seconds on the clock. */
  readonly wall: number;
  /** Seconds of processors, of the user and of the system. */
  readonly cpu: number;
  /** Most megabytes of resident memory at once. What processes share counts once for each. */
  readonly memory: number;
  /** What it printed. */
  readonly output: string;
}

/** Milliseconds between two looks at the memory. */
const INTERVAL = 200;

/** Of Linux on all its platforms. */
const TICKS_PER_SECOND = 100;
const PAGES_PER_MEGABYTE = 256;

/** Runs a program and measures it, on Linux. No other child of this process may end meanwhile. */
export async function measure(
  [program = '', ...args]: readonly string[],
  cwd: string,
): Promise<Taken> {
  const [startTime, startCpu] = [performance.now(), cpuOfChildren()];
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  let memory = 0;
  const look = setInterval(() => {
    memory = Math.max(memory, memoryOf(child));
  }, INTERVAL);
  const [code] = await once(child, 'close').finally(() => clearInterval(look));
  return {
    succeeded: code === 0,
    wall: (performance.now() - startTime) / 1000,
    cpu: cpuOfChildren() - startCpu,
    memory,
    output,
  };
}

/** Seconds of processors of the children that have ended, and of theirs. */
function cpuOfChildren(): number {
  const [, user, system] = /\) (?:\S+ ){13}(\S+) (\S+)/.exec(stat('self')) ?? [];
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** Megabytes of a process and of all that it started. */
function memoryOf({ pid }: ChildProcess): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      const [, parent, pages] = /\) \S (\d+) (?:\S+ ){19}(\d+)/.exec(stat(name)) ?? [];
      return { pid: Number(name), parent: Number(parent), pages: Number(pages) };
    });
  const pagesOf = (root: number | undefined): number =>
    processes.reduce((sum, { pid, parent, pages }) => {
      return sum + (pid === root ? pages : 0) + (parent === root ? pagesOf(pid) : 0);
    }, 0);
  return pagesOf(pid) / PAGES_PER_MEGABYTE;
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function stat(process: string): string {
  try {
    return readFileSync(`/proc/${process}/stat`, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}
