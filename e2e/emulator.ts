import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const FOLDER = 'e2e/emulator';
const REQUIREMENTS = `${FOLDER}/requirements.txt`;

/** As slow as AWS is: a new role is not known to others for a while, and each request takes its time. */
const OPTIONS = ['--port', '0', '--principal-propagation-s', '20', '--latency-ms', '20'];

/** A file to which the calls are added that Terraform and doctor make with roles named Terraform…. */
const { RECORD_CALLS } = process.env;
if (RECORD_CALLS) OPTIONS.push('--record', RECORD_CALLS);

/** What the end-to-end tests need and this machine lacks, as a user has to install it. */
export function missing(): string[] {
  const terraform = process.env.TERRAFORM_BINARY_NAME ?? 'terraform';
  const needed: readonly [what: string, program: string, ...args: string[]][] = [
    [`Terraform (${terraform})`, terraform, 'version'],
    [
      `Python 3.11 with moto (pip install -r ${REQUIREMENTS})`,
      'python3',
      '-c',
      'import sys, boto3, moto.moto_server; sys.exit(sys.version_info < (3, 11))',
    ],
  ];
  return needed
    .filter(([, program, ...args]) => spawnSync(program, args, { stdio: 'ignore' }).status !== 0)
    .map(([what]) => what);
}

/** An emulator of AWS that runs until it is stopped, or until this process ends, however it ends. */
export class Emulator {
  private constructor(
    private readonly process: ChildProcess,
    readonly endpoint: string,
  ) {}

  /** @throws with what it printed if it does not start */
  static async start(): Promise<Emulator> {
    // It ends when its standard input is closed, which happens with this process.
    const child = spawn('python3', [`${FOLDER}/serve.py`, '--until-stdin-closes', ...OPTIONS], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors = `${errors}${chunk}`.slice(-10_000);
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const [, endpoint] = /^ready (\S+)$/.exec(line) ?? [];
      if (endpoint) return new Emulator(child, endpoint);
    }
    throw new Error(`the emulator of AWS did not start:\n${errors}`);
  }

  /** Nothing of the user's may reach a real account: no profile, no endpoint of one service, no session. */
  use(): void {
    for (const variable of Object.keys(process.env)) {
      if (variable.startsWith('AWS_')) delete process.env[variable];
    }
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
    });
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
  }
}
