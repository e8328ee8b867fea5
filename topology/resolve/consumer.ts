import { arns } from '../arns';
import { IAM } from '../limits';
import { consumerBucketName, consumerStackId, type Owner } from '../names';
import { placeNamed } from '../paths';
import type { Topology } from '../schema';
import type { Code, ExistingFunction } from '../schema/function';
import type { CreatedRole as RoleSettings } from '../schema/role';
import { entryOf, sinkKind } from '../sinks';
import { type Account, namesRoles, type Source } from './source';

type Consumer = Topology['consumers'][string];

export type ResolvedConsumer = ReturnType<typeof resolveConsumer>;

export type ResolvedFunction = ResolvedConsumer['function'];

export type CreatedRole = Extract<ResolvedConsumer['role'], { readonly type: 'created' }>;

/** A consumer whose function the stack makes, and does not only find. */
export interface FunctionMaker extends ResolvedConsumer {
  readonly function: Extract<ResolvedFunction, { readonly type: 'created' }>;
}

export function makesFunction(consumer: ResolvedConsumer): consumer is FunctionMaker {
  return consumer.function.type === 'created';
}

export interface Entry {
  readonly type: 'entry';
  /** Relative to the working directory, or absolute; so are the files. */
  readonly entry: string;
  /** Files and folders that are copied into the package. */
  readonly files: readonly string[];
  /** Folder of the topology file, where its files may be. */
  readonly folder: string;
}

export function resolveConsumer(
  consumer: Consumer,
  owner: Owner & { readonly account: Account },
  sources: readonly Source[],
  folder: string,
) {
  const { sink, failedBatches, encryption, alarms, dashboard } = consumer;
  const { name, account } = owner;
  return {
    name,
    stackId: consumerStackId(name),
    account,
    role: resolveRole(consumer, account),
    function: resolveFunction(consumer, folder),
    sink: sinkKind(sink).resolve(sink, owner),
    failedBatches: { ...failedBatches, bucket: consumerBucketName('failed-batches', owner) },
    encryption,
    alarms,
    dashboard,
    /** Tables whose streams the consumer reads, in the order of the file. */
    sources: sources.map(({ table }) => table),
    /** Streams among them that others own. */
    streamsOfOthers: sources.flatMap(({ stream, table }) =>
      'arn' in stream ? { arn: stream.arn, table } : [],
    ),
    /** Whether a producer that it reads names its role as a principal. */
    waitsForRole: sources.some(({ producer }) => producer && namesRoles(producer.streamPolicy)),
  };
}

/** The role that the stack makes, or one of others, which the stack leaves as it is. */
function resolveRole({ role, existingFunction }: Consumer, account: Account) {
  if (role && 'name' in role) {
    return { type: 'created' as const, ...role, arn: arns.role(account, role) };
  }
  const { existing: arn = existingFunction?.roleArn ?? '', ...settings } = role ?? {};
  return { type: 'existing' as const, ...NOTHING_ATTACHED, ...settings, arn };
}

const NOTHING_ATTACHED: Omit<RoleSettings, 'name' | 'path'> = {
  managedPolicyArns: [],
  acknowledgedPolicyArns: [],
  statements: [],
  managedPolicyQuota: IAM.managedPoliciesPerRole.default,
  pollerOnly: true,
};

/** The function that the stack makes, or the one that it finds. */
function resolveFunction({ function: created, existingFunction, sink }: Consumer, folder: string) {
  if (!created) return { type: 'existing' as const, ...(existingFunction as ExistingFunction) };
  const { entry, files, code, ...settings } = created;
  const placeOf = (file: string) => placeNamed(file, folder);
  const source: Entry | (Code & { readonly type: 'folder' }) = code
    ? { type: 'folder', ...code, directory: placeOf(code.directory) }
    : {
        type: 'entry',
        entry: entryOf(entry && placeOf(entry), sink),
        files: files.map(placeOf),
        folder,
      };
  return { type: 'created' as const, ...settings, code: source };
}
