import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { ownPage } from '../../../topology/own-files';
import type { Account, ResolvedTopology } from '../../../topology/resolve';
import { type Accounts, nameOf } from './accounts';
import { type Found, isFound, type Reader } from './reader';

/** What Terraform knows of a stack; `absent` where it has no resources. */
export interface State {
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Attributes by address; those of a data source begin with `data.`. */
  readonly resources: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** @see https://developer.hashicorp.com/terraform/language/backend/s3#state-locking */
export type Lock = z.infer<typeof lock>;

export interface StackState {
  /** Name of the stack's account in the topology. */
  readonly account: string;
  readonly stack: string;
  readonly state: Found<State>;
  readonly lock: Found<Lock>;
}

const state = z.object({
  outputs: z.record(z.string(), z.object({ value: z.unknown() })).default({}),
  resources: z
    .array(
      z.object({
        mode: z.string(),
        type: z.string(),
        name: z.string(),
        instances: z.array(z.object({ attributes: z.record(z.string(), z.unknown()).default({}) })),
      }),
    )
    .default([]),
});

const lock = z.object({
  ID: z.string(),
  Who: z.string().default('somebody'),
  Created: z.string().default(''),
  Operation: z.string().default(''),
});

/** The states and locks of stacks, each account's with its role. */
export async function readStates(
  topology: ResolvedTopology,
  stacks: readonly { readonly stackId: string; readonly account: Account }[],
  accounts: Accounts,
): Promise<ReadonlyMap<string, StackState>> {
  const lists = new Map<Reader, Promise<Found<ReadonlySet<string>>>>();
  const { bucket: Bucket, keyPrefix } = topology.state;
  const read = async ({ stackId: stack, account: owner }: (typeof stacks)[number]) => {
    const account = nameOf(topology, owner);
    const reader = await accounts.ofState(owner);
    const found = lists.get(reader) ?? list(reader, Bucket, `${keyPrefix}/`);
    lists.set(reader, found);
    const keys = await found;
    const object = async <T>(key: string, parse: (content: unknown) => Found<T>) => {
      if (!isFound(keys)) return 'unknown';
      if (!keys.has(key)) return 'absent';
      const question = { action: 's3:GetObject', account, stack, part: 'state' };
      const content = await reader.ask(question, async ({ s3 }, options) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }), options);
        return { parsed: parse(JSON.parse((await Body?.transformToString()) ?? '')) };
      });
      return isFound(content) ? content.parsed : content;
    };
    const key = `${keyPrefix}/${stack}.tfstate`;
    const [state, lock] = await Promise.all([
      object(key, parseState),
      object(`${key}.tflock`, parseLock),
    ]);
    return [stack, { account, stack, state, lock }] as const;
  };
  return new Map(await Promise.all(stacks.map(read)));
}

/** All keys under the prefix, since most stacks have no lock. */
async function list(reader: Reader, Bucket: string, Prefix: string) {
  const question = { action: 's3:ListBucket', stack: '', part: 'state bucket' };
  const input = { Bucket, Prefix };
  const found = await reader.ask<ReadonlySet<string>>(question, async ({ s3 }, options) => {
    const keys = new Set<string>();
    for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, input, options)) {
      for (const { Key = '' } of Contents) keys.add(Key);
    }
    return keys;
  });
  if (found === 'absent') {
    reader.causes.push({
      cause: 'not-deployed',
      account: '',
      stack: '',
      part: 'state bucket',
      message: `the bucket ${Bucket} (state.bucket) does not exist, so nothing is deployed`,
      remedy: `create it, as step 3 of ${ownPage('first-deploy.md')} does, then npm run deploy`,
    });
  }
  return found;
}

function parseState(content: unknown): Found<State> {
  const { outputs, resources } = state.parse(content);
  // Terraform leaves an empty state of what it has destroyed.
  if (!resources.some(({ mode }) => mode === 'managed')) return 'absent';
  const values = Object.entries(outputs).map(([name, { value }]) => [name, value]);
  return {
    outputs: Object.fromEntries(values),
    resources: new Map(
      resources.map(({ mode, type, name, instances }) => {
        const address = `${mode === 'data' ? 'data.' : ''}${type}.${name}`;
        return [address, instances[0]?.attributes ?? {}];
      }),
    ),
  };
}

function parseLock(content: unknown): Found<Lock> {
  return lock.parse(content);
}
