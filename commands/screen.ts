import { visible } from '../topology/unicode';
import type { World } from './run';

/** Lines; on a terminal with one below them that shows what goes on. */
export class Screen {
  private status = '';

  constructor(private readonly world: Pick<World, 'stdout' | 'terminal'>) {}

  line(text: string): void {
    this.write(`${visible(text)}\n`);
  }

  lines(all: readonly string[], ...more: readonly string[]): void {
    for (const text of [...all, ...more]) this.line(text);
  }

  /** @param status empty for none */
  show(status: string): void {
    // A terminal that does not know its width says 0.
    const width = process.stdout.columns || 80;
    this.status = visible(status).slice(0, width - 1);
    if (this.world.terminal) this.write('');
  }

  private write(lines: string): void {
    const { stdout, terminal } = this.world;
    // Back to the start of the status, which is cleared, and written again below the lines.
    stdout.write(terminal ? `\r\x1b[2K${lines}${this.status}` : lines);
  }
}
