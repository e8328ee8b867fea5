import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { partitionOf } from '../../topology/arns';
import { UserError } from '../../topology/problem';

export type Block = Readonly<Record<string, unknown>>;

/** Blocks by type and name. */
export type Blocks = Readonly<Record<string, Readonly<Record<string, Block>>>>;

/** What the review reads of a stack's `cdk.tf.json`. */
export interface StackJson {
  readonly terraform?: Block;
  readonly provider?: Readonly<Record<string, readonly Block[]>>;
  readonly resource?: Blocks;
  readonly data?: Blocks;
  readonly output?: Readonly<Record<string, Block>>;
}

/** A synthesized stack, and where its provider may deploy it. */
export interface Stack {
  readonly id: string;
  readonly json: StackJson;
  /** The only account the provider accepts; zeros where the credentials decide. */
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

/** Stands for the account of a stack whose provider is not locked to one. */
const UNKNOWN_ACCOUNT = '000000000000';

/**
 * Reads what `cdktf synth` wrote, in the order of the stacks' ids: tenant-2 before tenant-10.
 *
 * @param folder such as `cdktf.out`
 * @throws UserError if there is no synthesized output
 */
export function readStacks(folder: string): Stack[] {
  const { stacks = {} } = readJson<Manifest>(path.join(folder, 'manifest.json'));
  return Object.keys(stacks)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .map((id) => {
      // Where Terraform reads it, whatever the manifest says.
      const file = path.join(folder, 'stacks', id, 'cdk.tf.json');
      return parseStack(id, readJson<StackJson>(file));
    });
}

interface Manifest {
  readonly stacks?: object;
}

function readJson<T>(file: string): T {
  if (!existsSync(file)) throw new UserError(`${file} is missing; run npm run synth`);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${(error as Error).message}; run npm run synth`);
  }
}

/** @throws UserError if the stack has no AWS provider with a Region */
export function parseStack(id: string, json: StackJson): Stack {
  const [provider] = json.provider?.aws ?? [];
  const region = provider?.region;
  if (typeof region !== 'string') throw new UserError(`${id} has no AWS provider with a region`);
  const [account = UNKNOWN_ACCOUNT] = (provider?.allowed_account_ids ?? []) as string[];
  return { id, json, account, region, partition: partitionOf(region) };
}
