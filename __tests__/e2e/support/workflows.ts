import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { gitIn } from '../../helpers/git';

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly defaults: { readonly run: { readonly shell: string } };
  readonly jobs: Readonly<
    Record<string, { readonly if?: string; readonly steps: readonly Step[] }>
  >;
}

/** What a job printed, and the outputs of its steps. */
export interface Outcome {
  readonly succeeded: boolean;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** `npm ci` links what is installed here; `gh` keeps one comment and one issue. */
const PROGRAMS = {
  npm: `if [ "$1" = ci ]; then ln -s "$STUB/node_modules" node_modules; else PATH=\${PATH#*:} exec npm "$@"; fi`,
  gh: `echo "$*" >>"$STUB/calls"
case "$*" in
  "api --paginate "*) if [ -f "$STUB/comment.md" ]; then echo 7; fi ;;
  "api --silent "*) cp comment.md "$STUB/comment.md" ;;
  "issue list "*) if [ -f "$STUB/issue.md" ]; then echo 5; fi ;;
  "issue create "* | "issue edit "*) cp issue.md "$STUB/issue.md" ;;
  "issue close "*) rm "$STUB/issue.md" ;;
esac`,
};

/**
 * Runs jobs of workflows as GitHub does: their `run` steps, in order, with the shell that they name, in a fresh clone.
 * Of the actions, checkout and the artifacts do what they do there.
 */
export class WorkflowRunner {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'workflows-'));
  private readonly artifacts = path.join(this.folder, 'artifacts');

  /** @param origin folder of a Git repository */
  constructor(private readonly origin: string) {
    mkdirSync(path.join(this.folder, 'bin'));
    for (const [name, script] of Object.entries(PROGRAMS)) {
      const file = path.join(this.folder, 'bin', name);
      writeFileSync(file, `#!/usr/bin/env bash\n${script}\n`);
      chmodSync(file, 0o755);
    }
  }

  /** What the programs in place of GitHub have. */
  kept(name: 'calls' | 'comment.md' | 'issue.md'): string {
    const file = path.join(this.folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** Artifacts are of one run of a workflow. */
  startRun(): void {
    rmSync(this.artifacts, { recursive: true, force: true });
    mkdirSync(this.artifacts);
  }

  /** @param values of the expressions in the job, of outputs of its own steps not */
  async job(
    name: string,
    jobName: string,
    values: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    const file = path.join(this.origin, '.github', 'workflows', `${name}.yml`);
    const workflow: Workflow = parse(readFileSync(file, 'utf8'));
    const job = workflow.jobs[jobName];
    if (!job || workflow.defaults.run.shell !== 'bash') throw new Error(`no job ${jobName}`);
    const cwd = mkdtempSync(path.join(this.folder, 'workspace-'));
    const state = { succeeded: true, log: '', outputs: {} as Record<string, string>, summary: '' };
    const fill = (text: string) =>
      text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
        const [, output] = /^steps\.(\w+\.outputs\.\w+)$/.exec(expression) ?? [];
        const value = output === undefined ? values[expression] : (state.outputs[output] ?? '');
        if (value === undefined) throw new Error(`no value of ${expression}`);
        return value;
      });
    const filled = (texts: Readonly<Record<string, string>> = {}) =>
      Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, fill(String(text))]));

    for (const step of job.steps) {
      const always = /always\(\)|!cancelled\(\)/.test(step.if ?? '');
      const isWanted = step.if === undefined || always || values[step.if] === 'true';
      if (!isWanted || (!state.succeeded && !always)) continue;
      if (step.uses !== undefined) {
        this.act(step.uses, filled(step.with), cwd);
        continue;
      }
      const files = Object.fromEntries(
        ['OUTPUT', 'STEP_SUMMARY'].map((kind) => [`GITHUB_${kind}`, path.join(cwd, `../${kind}`)]),
      );
      for (const each of Object.values(files)) writeFileSync(each, '');
      const env = {
        ...process.env,
        CI: 'true',
        HOME: this.folder,
        PATH: `${path.join(this.folder, 'bin')}:${process.env.PATH}`,
        STUB: this.folder,
        GITHUB_REPOSITORY: 'octo-org/octo-repo',
        TF_PLUGIN_CACHE_DIR: path.join(this.folder, 'providers'),
        ...filled(workflow.env),
        ...filled(step.env),
        ...files,
      };
      mkdirSync(env.TF_PLUGIN_CACHE_DIR, { recursive: true });
      const { code, output } = await call(
        'bash',
        ['-eo', 'pipefail', '-c', fill(step.run ?? '')],
        cwd,
        env,
      );
      state.log += output;
      state.summary += readFileSync(files.GITHUB_STEP_SUMMARY ?? '', 'utf8');
      for (const line of readFileSync(files.GITHUB_OUTPUT ?? '', 'utf8').split('\n')) {
        const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
        if (key !== undefined) state.outputs[`${step.id}.outputs.${key}`] = value ?? '';
      }
      if (code !== 0) state.succeeded = false;
    }
    return state;
  }

  private act(uses: string, inputs: Readonly<Record<string, string>>, cwd: string): void {
    const [action = ''] = uses.split('@');
    switch (action) {
      case 'actions/checkout': {
        const place = path.join(cwd, inputs.path ?? '.');
        gitIn(cwd, 'clone', '--quiet', this.origin, place);
        if (inputs.ref === undefined) return;
        gitIn(place, 'fetch', '--quiet', 'origin', inputs.ref);
        gitIn(place, 'checkout', '--quiet', 'FETCH_HEAD');
        return;
      }
      case 'actions/upload-artifact': {
        const place = path.join(this.artifacts, inputs.name ?? '');
        mkdirSync(place, { recursive: true });
        const files = (inputs.path ?? '').trim().split('\n');
        for (const file of files.map((each) => path.join(cwd, each)).filter(existsSync)) {
          cpSync(file, path.join(place, path.basename(file)), { recursive: true });
        }
        return;
      }
      case 'actions/download-artifact': {
        const prefix = (inputs.pattern ?? '').replace('*', '');
        const found = readdirSync(this.artifacts).filter((each) => each.startsWith(prefix));
        for (const each of found) {
          const to = path.join(cwd, inputs.path ?? '', each);
          cpSync(path.join(this.artifacts, each), to, { recursive: true });
        }
        return;
      }
      case 'actions/setup-node':
      case 'hashicorp/setup-terraform':
      case 'aws-actions/configure-aws-credentials':
        return;
      default:
        throw new Error(`${action} is not known`);
    }
  }
}

/** Both outputs in their order. */
async function call(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, output };
}
