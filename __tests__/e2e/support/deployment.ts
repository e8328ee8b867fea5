import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);
const STACKS = 'cdktf.out/stacks';

/** The stacks of one topology, deployed as a user deploys them: with cdktf and Terraform. */
export class Deployment {
  constructor(private readonly topology: string) {}

  /** One `cdktf deploy '*'`, however many stacks that is. */
  async deploy(): Promise<void> {
    await this.cdktf('deploy', '*', '--auto-approve', '--skip-provider-lock');
  }

  async destroy(): Promise<void> {
    await this.cdktf('destroy', '*', '--auto-approve', '--skip-provider-lock');
  }

  /** What Terraform would change now, by stack; empty when nothing has drifted. */
  async plannedChanges(): Promise<Record<string, string>> {
    const changes: Record<string, string> = {};
    for (const stack of readdirSync(STACKS)) {
      const terraform = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
      const plan = ['plan', '-detailed-exitcode', '-input=false', '-lock=false', '-no-color'];
      await run(terraform, [`-chdir=${STACKS}/${stack}`, ...plan]).catch((error) => {
        changes[stack] = error.stdout + error.stderr;
      });
    }
    return changes;
  }

  private async cdktf(...parameters: string[]): Promise<void> {
    try {
      await run('node_modules/.bin/cdktf', parameters, {
        env: { ...process.env, TOPOLOGY: this.topology, CI: 'true' },
        maxBuffer: 64 * 1024 * 1024,
      });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`cdktf ${parameters.join(' ')} failed\n${stdout}\n${stderr}`);
    }
  }
}
