import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A page of docs whose commands are run. */
export class Page {
  private readonly sections: string[];

  /**
   * @param adapt changes commands: what a test adds to what a user types
   * @param options where they run, and with which environment instead of this one's
   */
  constructor(
    file: string,
    private readonly adapt: (commands: string) => string,
    private readonly options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
  ) {
    this.sections = readFileSync(file, 'utf8').split(/^## /m);
  }

  /** Runs the commands below a heading, with the variables that those before it exported; returns what they print. */
  async run(number: number): Promise<string> {
    const before = this.sections.slice(0, number).join('');
    const exported = before.match(/^export .*$/gm) ?? [];
    const script = this.adapt([...exported, ...this.blocks(number, 'sh')].join('\n'));
    const { cwd, env = process.env } = this.options;
    return run('bash', ['-euo', 'pipefail', '-c', script], {
      cwd,
      env: { ...env, CI: 'true' },
      maxBuffer: 64 * 1024 * 1024,
    }).then(
      ({ stdout }) => stdout,
      ({ stdout, stderr }) => {
        throw new Error(`step ${number} failed\n${stdout}\n${stderr}`);
      },
    );
  }

  /** The blocks of one language below a heading, such as `sh`; those without one show what is printed. */
  blocks(number: number, language = ''): string[] {
    const section = this.sections[number] ?? '';
    const blocks = section.matchAll(/^```(\w*)\n(.*?)^```/gms);
    return [...blocks].flatMap(([, of, text = '']) => (of === language ? [text] : []));
  }
}
