import { existsSync, readdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { withFolderLock } from '../stacks/folder-lock';
import { type Applied, applyStack } from '../terraform/apply';
import { quoted } from '../terraform/command-line';
import { Initializer } from '../terraform/initialize';
import type { Diagnostic } from '../terraform/messages';
import { NO_STATE, PLAN, type PlanKind, planStack, type StackPlan } from '../terraform/plan';
import { Terraform } from '../terraform/program';
import { otherApp } from '../topology/other-app';
import { UserError } from '../topology/problem';
import type { Stack } from '../topology/stacks';
import { explain, hint, plain } from './explain';
import { inOrder, type NotRun } from './in-order';
import { refuseFiles, refuseVariables } from './interference';
import { Screen } from './screen';
import { changesOf, hasChanges, type Plans, type Results, reasons } from './summary';
import { asTyped, type TopologyWorld } from './topology';

const INTERRUPTED = 'interrupted; a repetition goes on from there';

/** Folder of the stacks, and in it that of what Terraform downloads. */
export const OUTDIR = 'cdktf.out';
const CACHE = path.join(OUTDIR, '.terraform');

export const RUN_OPTIONS = {
  parallelism: {
    type: 'string',
    value: '<n>',
    does: 'stacks at once, each with a provider of about 450 MB of memory. Default: 4',
  },
} as const;

export interface RunOptions {
  readonly parallelism?: string;
  /** Whether stacks come before those that they are deployed after. */
  readonly reversed?: boolean;
  readonly outdir?: string;
}

/** Runs Terraform in the folders of stacks, and says what goes on. */
export class Runner {
  private readonly initializer: Initializer;

  private constructor(
    private readonly world: TopologyWorld,
    private readonly terraform: Terraform,
    readonly screen: Screen,
    private readonly options: RunOptions & { readonly atOnce: number },
  ) {
    this.initializer = new Initializer(terraform, path.resolve(CACHE));
  }

  /**
   * No other command writes to the folder of the stacks until it ends, since what is planned there is applied.
   *
   * @param act its exit code is that of the command, unless a signal ends it
   * @throws UserError if there is no Terraform, an app of the user's that adds to the stacks, or another command at work
   */
  static async with(
    world: TopologyWorld,
    options: RunOptions,
    act: (runner: Runner) => Promise<number>,
  ): Promise<number> {
    const { name, env, stdout, terminal } = world;
    // What it adds to the stacks would be destroyed: it is not synthesized here.
    if (otherApp() !== undefined) {
      throw new UserError(
        `npm run ${name}: cdktf.json has another app, which is not run here; use npx --no-install cdktf deploy, diff and destroy`,
      );
    }
    refuseVariables(env);
    const { parallelism = '4' } = options;
    if (!/^[1-9]\d{0,3}$/.test(parallelism)) {
      throw new UserError(
        `--parallelism must be a number from 1 to 9999, got ${quoted(parallelism)}`,
      );
    }
    const atOnce = Number(parallelism);
    const screen = new Screen({ stdout, terminal });
    return withFolderLock(OUTDIR, async () => {
      const cache = { TF_PLUGIN_CACHE_DIR: path.resolve(CACHE) };
      const program = env.TERRAFORM_BINARY_NAME ?? 'terraform';
      const terraform = new Terraform(program, { ...cache, ...env }, (line) => screen.line(line));
      const runner = new Runner(world, terraform, screen, { ...options, atOnce });
      try {
        runner.removePlans();
        const { output } = await terraform.run('.', ['version']);
        if (!/^(Terraform|OpenTofu) v\d/m.test(output)) {
          throw new UserError(
            `${program} is neither Terraform nor OpenTofu; set TERRAFORM_BINARY_NAME to one of them`,
          );
        }
        const code = await act(runner);
        const { stopped } = terraform;
        return stopped ? 128 + constants.signals[stopped] : code;
      } finally {
        terraform.close();
        runner.removePlans();
      }
    });
  }

  get isStopped(): boolean {
    return this.terraform.stopped !== undefined;
  }

  readonly explain = (stack: Stack, error: Diagnostic): string =>
    asTyped(
      explain(
        error,
        { ...stack, program: this.terraform.program, folder: this.folderOf(stack) },
        new Date(),
      ),
      this.world,
    );

  folderOf({ id }: Pick<Stack, 'id'>): string {
    return path.join(this.options.outdir ?? OUTDIR, 'stacks', id);
  }

  /** They hold values of the state, and what a killed run left behind is not what is planned now. */
  private removePlans(): void {
    const stacks = path.join(this.options.outdir ?? OUTDIR, 'stacks');
    for (const id of existsSync(stacks) ? readdirSync(stacks) : []) {
      rmSync(path.join(stacks, id, PLAN), { force: true, recursive: true });
    }
  }

  async plan(stacks: readonly Stack[], kind: PlanKind): Promise<Plans> {
    const planned = new Map<string, StackPlan>();
    return this.each('planning', stacks, async (stack) => {
      const folder = this.folderOf(stack);
      const plan =
        (await this.initialize(folder)) ?? (await planStack(this.terraform, folder, kind, planned));
      planned.set(stack.id, plan);
      return plan;
    });
  }

  /**
   * Applies plans that were saved, and of stacks without one the configuration.
   *
   * @param addsOnly whether a stack without a plan may only add resources
   */
  async apply(stacks: readonly Stack[], plans?: Plans, addsOnly = false): Promise<Results> {
    return this.each('at work', stacks, async (stack) => {
      const started = Date.now();
      const outcome = await this.applyOne(stack, plans?.get(stack), addsOnly);
      // All that Terraform says of an interrupt are its consequences.
      const result = outcome.failed && this.isStopped ? failedBy(INTERRUPTED) : outcome;
      const seconds = Math.round((Date.now() - started) / 1000);
      const took = result.failed ? '' : `, ${seconds} s`;
      for (const text of reasons(stack, result, this.explain)) {
        this.say(stack, `${result.status}: ${text}${took}`);
      }
      return result;
    });
  }

  private async applyOne(
    stack: Stack,
    plan: StackPlan | NotRun | undefined,
    addsOnly: boolean,
  ): Promise<Applied> {
    const isPlanned = plan?.status === 'planned';
    if (plan?.status === 'failed') return plan;
    if (isPlanned && !hasChanges(plan)) {
      return { status: 'done', failed: false, changes: { add: 0, change: 0, remove: 0 } };
    }
    const folder = this.folderOf(stack);
    const failure = await this.initialize(folder);
    if (failure) return failure;
    const apply = (what: 'saved plan' | 'configuration') =>
      applyStack(this.terraform, folder, what, (line) =>
        this.say(stack, `${line}${hint(line, stack)}`),
      );
    if (isPlanned) return apply('saved plan');
    if (!addsOnly) return apply('configuration');
    const late = await planStack(this.terraform, folder, 'deploy');
    const others = changesOf(late).filter(({ action }) => action !== 'added');
    if (late.status === 'planned' && others.length === 0) return apply('saved plan');
    if (late.status === 'after') return failedBy(NO_STATE, '', late.after);
    const detail = others.map(({ action, address }) => `${address} ${action}`).join(', ');
    const summary = 'it could not be planned before, and now does more than add; plan again';
    return late.failed ? late : failedBy(summary, detail);
  }

  private async initialize(folder: string): Promise<(Applied & StackPlan) | undefined> {
    const failure = await this.initializer.initialize(folder);
    return failure && failedBy(plain(failure.detail) || failure.summary);
  }

  private async each<T extends { readonly failed: boolean }>(
    what: string,
    stacks: readonly Stack[],
    run: (stack: Stack) => Promise<T>,
  ) {
    refuseFiles(stacks.map(this.folderOf, this));
    const { atOnce, reversed } = this.options;
    const order = { parallelism: atOnce, reversed, isStopped: () => this.isStopped };
    const running = new Set<string>();
    let ended = 0;
    const show = () =>
      this.screen.show(`${ended} of ${stacks.length}, ${what}: ${[...running].join(', ')}`);
    const results = await inOrder(stacks, order, async (stack) => {
      running.add(stack.id);
      show();
      const result = await run(stack);
      running.delete(stack.id);
      ended += 1;
      show();
      return result;
    });
    this.screen.show('');
    return results;
  }

  private say(stack: Stack, line: string): void {
    this.screen.line(`${stack.id}: ${line}`);
  }
}

function failedBy(summary: string, detail = '', after?: string): Applied & StackPlan {
  return {
    status: 'failed',
    failed: true,
    errors: [{ severity: 'error', summary, detail, after }],
  };
}
