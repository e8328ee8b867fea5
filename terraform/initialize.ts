import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from './messages';
import type { Terraform } from './program';

export const LOCK_FILE = '.terraform.lock.hcl';

/**
 * `terraform init` in folders of stacks, where it has not run with this configuration.
 *
 * Providers are installed once, into a cache that all stacks share. Terraform takes from it only what a lock file
 * names, and installs the rest again, during which no other run may use it. So of the stacks with the same providers
 * the first is initialized while no other is, and the others get its lock file.
 *
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache
 */
export class Initializer {
  /** Lock files of which the first stack was initialized, or will be by `installed`. */
  private readonly known = new Set<string>();
  private installed: Promise<unknown> = Promise.resolve();
  /** Every run so far, whatever it came to. */
  private ended: Promise<unknown> = Promise.resolve();

  /** @param cache folder of the lock files, and of the providers if the environment names no other */
  constructor(
    private readonly terraform: Terraform,
    private readonly cache: string,
  ) {}

  /** @returns why it failed, if it did */
  async initialize(folder: string): Promise<Diagnostic | undefined> {
    const { terraform } = JSON.parse(readFileSync(path.join(folder, 'cdk.tf.json'), 'utf8'));
    // Terraform and OpenTofu have providers from registries of their own.
    const { program } = this.terraform;
    const hash = hashOf([program, terraform]);
    const stamp = path.join(folder, '.terraform', 'initialized');
    const before = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
    if (before === hash && isWhole(folder)) return undefined;
    rmSync(stamp, { force: true });

    const providers = hashOf([program, terraform.required_providers]);
    const lockFile = path.join(this.cache, `${providers}${LOCK_FILE}`);
    const isKnown = this.known.has(lockFile);
    const earlier = isKnown ? this.installed : this.ended;
    const run = earlier.then(() => this.init(folder, lockFile));
    this.ended = Promise.allSettled([this.ended, run]);
    if (!isKnown) {
      this.known.add(lockFile);
      this.installed = run;
    }
    const failure = await run;
    if (failure) return failure;
    mkdirSync(path.dirname(stamp), { recursive: true });
    writeFileSync(stamp, hash);
    return undefined;
  }

  private async init(folder: string, lockFile: string): Promise<Diagnostic | undefined> {
    const ownLockFile = path.join(folder, LOCK_FILE);
    rmSync(ownLockFile, { force: true });
    if (existsSync(lockFile)) cpSync(lockFile, ownLockFile);
    // A stack of this name that another topology has, with another state, is not moved.
    const args = ['init', '-input=false', '-no-color', '-reconfigure'];
    // Terraform uses a cache only if it is there.
    mkdirSync(this.cache, { recursive: true });
    const { succeeded, errors } = await this.terraform.run(folder, args);
    if (!succeeded) return errors[0];
    if (existsSync(ownLockFile)) cpSync(ownLockFile, lockFile);
    return undefined;
  }
}

/** Whether the providers are there: links to a cache that was removed lead nowhere. */
function isWhole(folder: string): boolean {
  const providers = path.join(folder, '.terraform', 'providers');
  if (!existsSync(path.join(folder, LOCK_FILE)) || !existsSync(providers)) return false;
  const files = readdirSync(providers, { recursive: true, encoding: 'utf8' });
  return files.every((file) => existsSync(path.join(providers, file)));
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
