import {
  GetObjectCommand,
  type GetObjectCommandInput,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { z } from 'zod';
import type { Account, ResolvedTopology } from '../../../topology/resolve';
import { type Accounts, nameOf } from './accounts';
import { type Found, isFound, type Question, type Reader } from './reader';

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
  const read = async ({ stackId: stack, account }: (typeof stacks)[number]) => {
    const reader = await accounts.ofState(account);
    const found = lists.get(reader) ?? list(reader, Bucket, `${keyPrefix}/`);
    lists.set(reader, found);
    const keys = await found;
    const object = async <T>(key: string, parse: (content: unknown) => Found<T>) => {
      if (!isFound(keys)) return keys;
      if (!keys.has(key)) return 'absent';
      const question = { action: 's3:GetObject', stack, part: 'state' };
      const content = await getJson(reader, question, { Bucket, Key: key });
      return isFound(content) ? parse(content) : content;
    };
    const key = `${keyPrefix}/${stack}.tfstate`;
    const [state, lock] = await Promise.all([
      object(key, parseState),
      object(`${key}.tflock`, parseLock),
    ]);
    return [stack, { account: nameOf(topology, account), stack, state, lock }] as const;
  };
  return new Map(await Promise.all(stacks.map(read)));
}

/** All keys under the prefix, since most stacks have no lock. */
function list(reader: Reader, Bucket: string, Prefix: string) {
  const question = { action: 's3:ListBucket', stack: '', part: 'states' };
  return reader.ask<ReadonlySet<string>>(question, async ({ s3 }) => {
    const keys = new Set<string>();
    for await (const { Contents = [] } of paginateListObjectsV2(
      { client: s3 },
      { Bucket, Prefix },
    )) {
      for (const { Key = '' } of Contents) keys.add(Key);
    }
    return keys;
  });
}

function getJson(reader: Reader, question: Question, input: GetObjectCommandInput) {
  return reader.ask<unknown>(question, async ({ s3 }, options) => {
    const { Body } = await s3.send(new GetObjectCommand(input), options);
    return JSON.parse((await Body?.transformToString()) ?? 'null');
  });
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
