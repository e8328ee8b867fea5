import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A page of docs whose commands are run. */
export class Page {
  /** What is before the first heading of the second level, then each with what is below it. */
  private readonly sections: readonly string[];
  private readonly used = new Set<string>();

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

  /**
   * Runs the commands below a heading, with the variables that those before it exported; returns what they print.
   *
   * @param heading how it begins
   * @param block the number of one block, from 0. Default: all
   */
  async run(heading: string, block?: number): Promise<string> {
    const before = this.sections.slice(0, this.indexOf(heading)).join('');
    const exported = before.match(/^export .*$/gm) ?? [];
    const commands = this.blocks(heading, 'sh', block);
    if (commands.length === 0) throw new Error(`no commands below ${heading}`);
    const script = this.adapt([...exported, ...commands].join('\n'));
    const { cwd, env = process.env } = this.options;
    return run('bash', ['-euo', 'pipefail', '-c', script], {
      cwd,
      env: { ...env, CI: 'true' },
      maxBuffer: 64 * 1024 * 1024,
    }).then(
      ({ stdout }) => stdout,
      ({ stdout, stderr }) => {
        throw new Error(`${heading} failed\n${stdout}\n${stderr}`);
      },
    );
  }

  /** The blocks of one language below a heading, such as `sh`; those without one show what is printed. */
  blocks(heading: string, language = '', only?: number): string[] {
    const all = blocksOf(this.sections[this.indexOf(heading)])
      .filter((block) => block.language === language)
      .map(({ text }) => text);
    const blocks = only === undefined ? all : all.slice(only, only + 1);
    for (const block of blocks) this.used.add(block);
    return blocks;
  }

  /** The blocks in some language, such as `sh` and `yaml`, that no test has run or read; a drawing is none of them. */
  unused(): string[] {
    const blocks = this.sections.flatMap(blocksOf);
    return blocks
      .filter(({ language, text }) => !/^(mermaid)?$/.test(language) && !this.used.has(text))
      .map(({ text }) => text);
  }

  private indexOf(heading: string): number {
    const index = this.sections.findIndex((section) => section.startsWith(heading));
    if (index < 0) throw new Error(`no heading ${heading}`);
    return index;
  }
}

/** Also those in lists, which are indented. */
function blocksOf(section = ''): { language: string; text: string }[] {
  const blocks = section.matchAll(/^ *```(\w*)\n(.*?)^ *```/gms);
  return [...blocks].map(([, language = '', text = '']) => ({ language, text }));
}
