import type { Readable } from 'node:stream';

/** Characters that are kept of what a function writes in an invocation. */
const MOST = 1_000_000;

/** What a process writes to one of its outputs. */
export class Log {
  #text = '';
  #isCut = false;
  #end = '';
  #tail = '';
  #ended = () => {};

  constructor(output: Readable) {
    output.setEncoding('utf8').on('data', (text: string) => this.#add(text));
  }

  /** @param end what the process writes after an invocation; it is not among the lines */
  readUntil(end: string): Promise<void> {
    this.#end = end;
    return new Promise((resolve) => {
      this.#ended = resolve;
    });
  }

  /** What was written since the last call. */
  takeLines(): string[] {
    const lines = this.#text.replace(this.#end, '').split('\n');
    if (lines.at(-1) === '') lines.pop();
    if (this.#isCut) lines.push('… and more, which is not kept');
    this.#text = '';
    this.#isCut = false;
    return lines;
  }

  #add(text: string): void {
    if (this.#text.length < MOST) this.#text += text;
    else this.#isCut = true;
    const seen = this.#tail + text;
    if (seen.includes(this.#end)) this.#ended();
    this.#tail = seen.slice(1 - this.#end.length);
  }
}
