import { GetObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { accountName } from '../../../topology/account-name';
import { ownPage } from '../../../topology/own-files';
import type { Account, ResolvedTopology } from '../../../topology/resolve';
import { counted } from '../../redrive/report';
import { causesIn, type Place } from '../cause';
import { deploy, typed } from '../remedies';
import type { Accounts } from './accounts';
import { type Found, isFound, type Reader } from './reader';

/** What Terraform knows of a stack; `absent` where it has neither resources nor outputs. */
export interface State {
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Attributes by address; those of a data source begin with `data.`. */
  readonly resources: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** @see https://developer.hashicorp.com/terraform/language/backend/s3#state-locking */
type Lock = z.infer<typeof lockFile>;

export interface StackState extends Place {
  readonly state: Found<State>;
  readonly lock: Found<Lock>;
}

/** Of a resource of the stack, if its state is known and has it. */
export function attributesOf({ state }: StackState, address: string) {
  return isFound(state) ? state.resources.get(address) : undefined;
}

const stateFile = z.object({
  version: z.literal(4),
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
    const account = accountName(topology, owner);
    const reader = await accounts.ofState(owner);
    const found = lists.get(reader) ?? list(reader, Bucket, `${keyPrefix}/`);
    lists.set(reader, found);
    const keys = await found;
    const object = async <T>(key: string, schema: z.ZodType<T>, what: string, remedy: string) => {
      if (!isFound(keys)) return 'unknown';
      if (!keys.has(key)) return 'absent';
      const question = { action: 's3:GetObject', account, stack, part: 'state' };
      const content = await reader.ask(question, async ({ s3 }, options) => {
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: key }), options);
        return { text: (await Body?.transformToString()) ?? '' };
      });
      if (!isFound(content)) return content;
      const { data } = schema.safeParse(parsedJson(content.text));
      if (data) return data;
      const message = `s3://${Bucket}/${key} is not ${what}, so this was not checked (${counted(content.text.length, 'character', 'characters')})`;
      reader.causes.push(causesIn({ account, stack }, 'state')('not-readable', message, remedy));
      return 'unknown';
    };
    const key = `${keyPrefix}/${stack}.tfstate`;
    const place = `--bucket ${Bucket} --prefix ${key}`;
    const restore = `restore its last version that is one, of these: ${typed(`aws s3api list-object-versions ${place}`)}`;
    const remove = `make sure that nobody deploys, then remove it: ${typed(`aws s3 rm s3://${Bucket}/${key}.tflock`)}`;
    const [file, lock] = await Promise.all([
      object(key, stateFile, 'a Terraform state of version 4', restore),
      object(`${key}.tflock`, lockFile, 'a lock of Terraform', remove),
    ]);
    const state = isFound(file) ? stateOf(file) : file;
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
      `create it, as step 3 of ${ownPage('first-deploy.md')} does, then ${deploy()}`,
    );
    reader.causes.push(missing);
  }
  return isFound(found) ? new Set(found) : found;
}

/** Not why it cannot be parsed, since that quotes the text, and states have secrets. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function stateOf({ outputs, resources }: z.infer<typeof stateFile>): Found<State> {
  // Terraform leaves an empty state of what it has destroyed. That of an existing table may only have data.
  if (resources.length === 0 && Object.keys(outputs).length === 0) return 'absent';
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
