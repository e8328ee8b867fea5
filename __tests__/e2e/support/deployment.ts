import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { loadTopology } from '../../../load/load';
import type { ResolvedTopology } from '../../../topology/resolve';
import { writeTopology } from './topology';

jest.setTimeout(10 * 60 * 1000);

const run = promisify(execFile);
const JSON_STACKS = 'cdktf.out/stacks';
const HCL_STACKS = 'hcl.out/stacks';
const TERRAFORM = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
export const FLAGS = ['--auto-approve'];

/** `describe` where there is an AWS API to deploy to; e2e/setup.ts says so where there is none. */
export const describeWithEndpoint = process.env.AWS_ENDPOINT_URL ? describe : describe.skip;

export async function createStateBucket({
  state,
}: {
  readonly state: Pick<ResolvedTopology['state'], 'bucket' | 'region'>;
}): Promise<void> {
  const { bucket, region } = state;
  await new S3Client({ region, forcePathStyle: true })
    .send(new CreateBucketCommand({ Bucket: bucket }))
    .catch((error) => {
      if (!/^BucketAlready/.test(error.name)) throw error;
    });
}

/** The stacks of one topology, deployed as a user deploys them: with Terraform. */
export class Deployment {
  readonly file: string;
  readonly topology: ResolvedTopology;

  /** @param content of the topology file */
  constructor(content: string) {
    this.file = writeTopology(content);
    this.topology = loadTopology(this.file);
  }

  async createStateBucket(): Promise<void> {
    await createStateBucket(this.topology);
  }

  /** One `npm run deploy`, of all stacks unless some are named. */
  async deploy(...stacks: string[]): Promise<void> {
    await this.run('deploy', ...(stacks.length > 0 ? stacks : ['*']), '--auto-approve');
  }

  /** A deploy of all stacks that ends with an error; returns what it prints. */
  async failingDeploy(): Promise<string> {
    const failure = await this.deploy().then(
      () => undefined,
      ({ message }: Error) => message,
    );
    if (failure === undefined) throw new Error('the deploy has succeeded');
    return failure;
  }

  /** One `npm run destroy`, of all stacks unless some are named. */
  async destroy(...stacks: string[]): Promise<void> {
    await this.run('destroy', ...(stacks.length > 0 ? stacks : ['*']), '--auto-approve');
  }

  /** The same commands of cdktf's CLI, which cdktf.json makes possible. */
  async cdktf(command: 'deploy' | 'diff' | 'destroy', stacks: string): Promise<void> {
    const approved = command === 'diff' ? [] : ['--auto-approve'];
    await this.call('npx', 'cdktf', command, stacks, ...approved, '--skip-provider-lock');
  }

  /** One `npm run drift`, which fails if something differs. */
  async drift(): Promise<void> {
    await this.run('drift');
  }

  /** What Terraform would change now, by stack; empty when nothing has drifted. */
  async plannedChanges(): Promise<Record<string, string>> {
    return this.plan(JSON_STACKS);
  }

  /** The same by the topology's HCL and Terraform alone, as after leaving cdktf. */
  async plannedChangesOfHcl(): Promise<Record<string, string>> {
    await this.run('synth:hcl');
    const inits = readdirSync(JSON_STACKS).map((stack) =>
      this.call(TERRAFORM, `-chdir=${HCL_STACKS}/${stack}`, 'init', '-input=false'),
    );
    await Promise.all(inits);
    return this.plan(HCL_STACKS);
  }

  /** Writes the stacks; returns the folder of each of these. */
  async synthesize(...stacks: string[]): Promise<string[]> {
    await this.run('synth');
    return stacks.map((stack) => `${JSON_STACKS}/${stack}`);
  }

  /** Why Terraform refuses to plan the configuration in a folder, one text for each error. */
  async planErrors(folder: string): Promise<string[]> {
    await this.call(TERRAFORM, `-chdir=${folder}`, 'init', '-input=false');
    const plan = ['plan', '-json', '-input=false', '-lock=false'];
    const { stdout } = await run(TERRAFORM, [`-chdir=${folder}`, ...plan]).catch((error) => {
      if (!error.stdout) throw error;
      return error as { stdout: string };
    });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).diagnostic)
      .filter((diagnostic) => diagnostic?.severity === 'error')
      .map(({ detail }) => detail);
  }

  /** Takes resources out of a stack's state, so that `destroy` leaves them alone. */
  async forget(stack: string, ...addresses: string[]): Promise<void> {
    const folder = `-chdir=${JSON_STACKS}/${stack}`;
    await this.call(TERRAFORM, folder, 'state', 'rm', '-lock=false', ...addresses);
  }

  /** Takes something that exists into a stack's state. */
  async import(stack: string, address: string, id: string): Promise<void> {
    await this.run('synth');
    const folder = `-chdir=${JSON_STACKS}/${stack}`;
    await this.call(TERRAFORM, folder, 'init', '-input=false');
    await this.call(TERRAFORM, folder, 'import', '-input=false', address, id);
  }

  private async plan(folder: string): Promise<Record<string, string>> {
    const changes: Record<string, string> = {};
    const plan = ['plan', '-detailed-exitcode', '-input=false', '-lock=false', '-no-color'];
    const plans = readdirSync(JSON_STACKS).map(async (stack) => {
      await run(TERRAFORM, [`-chdir=${folder}/${stack}`, ...plan]).catch((error) => {
        changes[stack] = error.stdout + error.stderr;
      });
    });
    await Promise.all(plans);
    return changes;
  }

  private async run(command: string, ...parameters: string[]): Promise<void> {
    await this.call('npm', 'run', '--silent', command, '--', ...parameters);
  }

  private async call(program: string, ...parameters: string[]): Promise<void> {
    try {
      await run(program, parameters, {
        env: { ...process.env, TOPOLOGY: this.file, CI: 'true' },
        maxBuffer: 64 * 1024 * 1024,
      });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`${program} ${parameters.join(' ')} failed\n${stdout}\n${stderr}`);
    }
  }
}
