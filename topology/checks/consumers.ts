import { existsSync, statSync } from 'node:fs';
import { ATHENA_RESULTS } from '../athena-results';
import { ENVIRONMENT, RESERVED_ENVIRONMENT_VARIABLES } from '../limits';
import { type Declared, type Report, sound } from './declared';

export function functionCode({ consumers }: Declared, report: Report): void {
  for (const [name, { function: settings }] of sound(consumers)) {
    const { entry, code, runtime } = settings;
    const path = ['consumers', name, 'function'];
    if (entry !== undefined && code) {
      report([...path, 'code'], 'must not stand beside entry; leave one of them out');
    }
    if (entry !== undefined && !isFile(entry)) {
      report(
        [...path, 'entry'],
        'must be a file that exists, relative to the working directory',
        entry,
      );
    }
    if (code && !isDirectory(code.directory)) {
      const message = 'must be a folder that exists, relative to the working directory';
      report([...path, 'code', 'directory'], message, code.directory);
    }
    if (!code && !/^nodejs\d+\.x$/.test(runtime)) {
      const message =
        'must be a Node.js runtime such as nodejs22.x, since entry is bundled for Node.js; for another language write code: { directory: …, handler: … }';
      report([...path, 'runtime'], message, runtime);
    }
  }
}

export function environment({ consumers }: Declared, report: Report): void {
  const reserved: readonly string[] = RESERVED_ENVIRONMENT_VARIABLES.names;
  for (const [name, { function: settings }] of sound(consumers)) {
    const path = ['consumers', name, 'function', 'environment'];
    for (const variable of Object.keys(settings.environment)) {
      if (reserved.includes(variable)) {
        report([...path, variable], 'is set by Lambda itself; choose another name');
      } else if (!/^[a-zA-Z]\w+$/.test(variable)) {
        report(
          [...path, variable],
          'must be named with two or more letters, digits and underscores, a letter first',
        );
      }
    }
    const size = Object.entries(settings.environment).reduce(
      (sum, pair) => sum + Buffer.byteLength(pair.join('')),
      0,
    );
    if (size > ENVIRONMENT.totalSize) {
      report(
        path,
        `must be at most ${ENVIRONMENT.totalSize} bytes of names and values together, got ${size}`,
      );
    }
  }
}

export function lake({ consumers }: Declared, report: Report): void {
  for (const [name, { sink }] of sound(consumers)) {
    if (sink === 'log') continue;
    const path = ['consumers', name, 'sink'];
    const { bucket, prefix, transitionToStandardIaInDays, expirationInDays } = sink;
    if (prefix.startsWith(ATHENA_RESULTS)) {
      const message = `must not begin with ${ATHENA_RESULTS}, where the results of queries are and expire`;
      report([...path, 'prefix'], message, prefix);
    }
    const rules = { transitionToStandardIaInDays, expirationInDays };
    for (const [key, days] of Object.entries(rules)) {
      if (bucket === undefined || days === undefined) continue;
      const message = 'must be left out beside bucket; make it a lifecycle rule of that bucket';
      report([...path, key], message, days);
    }
    if (bucket !== undefined || !transitionToStandardIaInDays || !expirationInDays) continue;
    if (expirationInDays <= transitionToStandardIaInDays) {
      const message = `must be over the ${transitionToStandardIaInDays} days of transitionToStandardIaInDays`;
      report([...path, 'expirationInDays'], message, expirationInDays);
    }
  }
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function isDirectory(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
