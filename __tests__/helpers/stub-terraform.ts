import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Answer {
  /** What it prints: messages, or text as it is. */
  readonly lines?: readonly (object | string)[];
  readonly fails?: boolean;
  /** Whether the summary of changes is missing, which else comes first. */
  readonly isCut?: boolean;
  /** Signals that end it; it runs until then. */
  readonly waits?: number;
}

export const PROGRAM = path.resolve(__dirname, 'terraform.sh');

/** A program in place of Terraform, with what it says of each stack by command. */
export class StubTerraform {
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'stub-'));

  get env(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH, STUB_FOLDER: this.folder, TERRAFORM_BINARY_NAME: PROGRAM };
  }

  answer(answers: Readonly<Record<string, Readonly<Record<string, Answer>>>>): void {
    this.remove();
    mkdirSync(this.folder);
    for (const [stack, commands] of Object.entries(answers)) {
      for (const [command, { lines = [], fails, isCut, waits }] of Object.entries(commands)) {
        const file = path.join(this.folder, `${stack}.${command}`);
        const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
        writeFileSync(file, texts.map((text) => `${text}\n`).join(''));
        if (fails) writeFileSync(`${file}.fails`, '');
        if (isCut) writeFileSync(`${file}.cut`, '');
        if (waits) writeFileSync(`${file}.waits`, String(waits));
      }
    }
  }

  /** `<stack> <arguments>` of each call but that for the version, and `<stack> <signal>`. */
  get calls(): string[] {
    const file = path.join(this.folder, 'calls');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Terraform's messages, in short. */
export const says = {
  plan: (action: string, addr: string) => ({
    type: 'planned_change',
    change: { action, resource: { addr } },
  }),
  drift: (action: string, addr: string) => ({
    type: 'resource_drift',
    change: { action, resource: { addr } },
  }),
  outputs: (outputs: Readonly<Record<string, string>>) => ({
    type: 'outputs',
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, action]) => [name, { action, sensitive: false }]),
    ),
  }),
  done: (action: string, addr: string) => ({
    type: 'apply_complete',
    hook: { action, resource: { addr }, elapsed_seconds: 1 },
  }),
  summary: (add: number, change = 0, remove = 0) => ({
    type: 'change_summary',
    changes: { add, change, remove },
  }),
  error: (summary: string, detail = '', address?: string) => ({
    type: 'diagnostic',
    diagnostic: { severity: 'error', summary, detail, address },
  }),
};
