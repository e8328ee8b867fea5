import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { ownPage } from '../../../topology/own-files';
import type { Account, ResolvedTopology } from '../../../topology/resolve';
import { causesIn, type Place } from '../cause';
import { type Accounts, nameOf } from './accounts';
import { type Found, isFound, type Reader } from './reader';

/** What Terraform knows of a stack; `absent` where it has no resources. */
export interface State {
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Attributes by address; those of a data source begin with `data.`. */
  readonly resources: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** @see https://developer.hashicorp.com/terraform/language/backend/s3#state-locking */
export type Lock = z.infer<typeof lockFile>;

export interface StackState extends Place {
  readonly state: Found<State>;
  readonly lock: Found<Lock>;
}

/** Of a resource of the stack, if its state is known and has it. */
export function attributesOf({ state }: StackState, address: string) {
  return isFound(state) ? state.resources.get(address) : undefined;
}

const stateFile = z.object({
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

const lockFile = z.object({
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
  const lists = new Map<Reader, ReturnType<typeof list>>();
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
      object(`${key}.tflock`, (content) => lockFile.parse(content)),
    ]);
    return [stack, { account, stack, state, lock }] as const;
  };
  return new Map(await Promise.all(stacks.map(read)));
}

/** All keys under the prefix, since most stacks have no lock. */
async function list(reader: Reader, Bucket: string, Prefix: string) {
  const found = await reader.list(
    { action: 's3:ListBucket', stack: '', part: 'state bucket' },
    ({ s3 }, options) => paginateListObjectsV2({ client: s3 }, { Bucket, Prefix }, options),
    ({ Contents }) => Contents?.map(({ Key }) => Key),
  );
  if (found === 'absent') {
    const missing = causesIn({ account: '', stack: '' }, 'state bucket')(
      'not-deployed',
      `the bucket ${Bucket} (state.bucket) does not exist, so nothing is deployed`,
      `create it, as step 3 of ${ownPage('first-deploy.md')} does, then npm run deploy`,
    );
    reader.causes.push(missing);
  }
  return isFound(found) ? new Set(found) : found;
}

function parseState(content: unknown): Found<State> {
  const { outputs, resources } = stateFile.parse(content);
  // Terraform leaves an empty state of what it has destroyed.
  if (!resources.some(({ mode }) => mode === 'managed')) return 'absent';
  return {
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
    resources: new Map(
      resources.map(({ mode, type, name, instances }) => {
        const address = `${mode === 'data' ? 'data.' : ''}${type}.${name}`;
        return [address, instances[0]?.attributes ?? {}];
      }),
    ),
  };
}
