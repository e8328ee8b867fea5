import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Resource, Stacks } from '../review/read/resources';
import { UserError } from '../topology/problem';
import type {
  ResolvedConsumer,
  ResolvedSubscription,
  ResolvedTopology,
  TableReference,
} from '../topology/resolve';
import type { FunctionSetUp } from './function/function';
import type { Place } from './step';
import type { KeyAttribute, TableSchema } from './table';

export interface TablePart {
  /** As the topology names the producer. */
  readonly name: string;
  /** The same, with its account where it is in several. */
  readonly label: string;
  readonly place: Place;
  readonly source: TableReference;
  readonly schema: TableSchema;
}

export interface FunctionPart {
  readonly place: Place;
  readonly consumer: ResolvedConsumer;
  readonly roleArn: string;
  readonly setUp: Omit<FunctionSetUp, 'endpoint' | 'wrote'>;
}

export interface SkippedFunction {
  readonly place: Place;
  readonly skipped: string;
}

export type MappingPart = ReturnType<typeof settingsOf>;

/** A subscription whose function is played. */
export interface SubscriptionPart {
  readonly stackId: string;
  readonly place: Place;
  readonly table: TablePart;
  readonly consumer: FunctionPart;
  readonly mapping: MappingPart;
}

/** What there is to play, as it is synthesized. */
export interface Parts {
  readonly tables: readonly TablePart[];
  readonly functions: readonly FunctionPart[];
  readonly skipped: readonly SkippedFunction[];
  readonly subscriptions: readonly SubscriptionPart[];
}

/**
 * @param folder with the synthesized stacks, such as `cdktf.out`
 * @throws UserError if something of the topology is not in them
 */
export function readParts(topology: ResolvedTopology, stacks: Stacks, folder: string): Parts {
  const accountOf = accountsOf(topology);
  const created = byStack(stacks, 'aws_dynamodb_table');
  const found = byStack(stacks, 'data.aws_dynamodb_table');
  const mappingOf = byStack(stacks, 'aws_lambda_event_source_mapping');
  const own = topology.producers.map(({ name, stackId, account, table, source }): TablePart => {
    const schema = schemaOf((table.type === 'created' ? created : found)(stackId));
    const place = { account: accountOf(account), stack: stackId, part: `table ${source.name}` };
    return { name, label: stackId.replace('producer-', ''), place, source, schema };
  });
  const ofOthers = topology.subscriptions.flatMap((subscription): TablePart[] => {
    const { stream, source } = subscription;
    if (!('arn' in stream)) return [];
    const name = producerOf(subscription);
    const place = { account: accountOf(source.account), stack: '', part: `table ${source.name}` };
    const schema = { streamArn: stream.arn, viewType: 'NEW_AND_OLD_IMAGES' } as const;
    return [{ name, label: name, place, source, schema }];
  });
  const tables = new Map([...own, ...ofOthers].map((table) => [table.schema.streamArn, table]));
  const consumers = topology.consumers.map((consumer) => {
    const { account, stackId, function: lambda } = consumer;
    const place = { account: accountOf(account), stack: stackId, part: `function ${lambda.name}` };
    return { place, consumer, ...functionOf(consumer, stacks, folder) };
  });
  const functions = consumers.filter((part) => 'setUp' in part);
  return {
    tables: [...tables.values()],
    functions,
    skipped: consumers.filter((part) => 'skipped' in part),
    subscriptions: topology.subscriptions.flatMap(({ stackId, account, consumerStackId }) => {
      const mapping = settingsOf(mappingOf(stackId));
      const place = { account: accountOf(account), stack: stackId, part: 'mapping' };
      const table = tables.get(mapping.streamArn);
      const consumer = functions.find((part) => part.place.stack === consumerStackId);
      return table && consumer ? [{ stackId, place, table, consumer, mapping }] : [];
    }),
  };
}

/** The name of an account in the topology, or its ID. */
function accountsOf({ accounts }: ResolvedTopology) {
  const names = new Map(
    Object.entries(accounts).map(([name, { id, region }]) => [`${id} ${region}`, name]),
  );
  return ({ id, region }: { readonly id: string; readonly region: string }) =>
    names.get(`${id} ${region}`) ?? id;
}

/** Id of its stack without consumer: the producer's name, with its account where it has several. */
function producerOf({ stackId, consumerStackId }: ResolvedSubscription): string {
  const consumer = consumerStackId.replace('consumer-', '');
  return stackId.slice('subscription-'.length, -consumer.length - 1);
}

/** The resource that each stack has of a type, by the stack's ID. */
function byStack(stacks: Stacks, type: string) {
  const found = new Map(stacks.resources(type).map((resource) => [resource.stack.id, resource]));
  return (stackId: string): Resource => {
    const resource = found.get(stackId);
    if (!resource) throw new UserError(`${stackId} has no ${type}; run npm run synth`);
    return resource;
  };
}

function schemaOf(table: Resource): TableSchema {
  const streamArn = table.text('stream_arn');
  const { block } = table;
  // Nobody says what the key of a table of others is, nor what its stream shows.
  if (block.hash_key === undefined) return { streamArn, viewType: 'NEW_AND_OLD_IMAGES' };
  const attributes = block.attribute as KeyAttribute[];
  const key = ['hash_key', 'range_key']
    .flatMap((attribute) => table.optional(attribute) ?? [])
    .flatMap((name) => {
      const attribute = attributes.find((each) => table.resolve(each.name) === name);
      return attribute ? [{ name, type: attribute.type }] : [];
    });
  return { streamArn, key, viewType: table.text('stream_view_type') as TableSchema['viewType'] };
}

/** The function with its code, or why it is not played. */
function functionOf(
  { stackId }: ResolvedConsumer,
  stacks: Stacks,
  folder: string,
): Pick<FunctionPart, 'setUp' | 'roleArn'> | Pick<SkippedFunction, 'skipped'> {
  const own = stacks.resources('aws_lambda_function').find(({ stack }) => stack.id === stackId);
  if (!own) return { skipped: 'its code is that of others' };
  const runtime = own.text('runtime');
  if (!runtime.startsWith('nodejs')) return { skipped: `its runtime ${runtime} is not Node.js` };
  const variables = Object.keys(own.block.environment?.variables ?? {});
  const setUp = {
    name: own.text('function_name'),
    arn: own.text('arn'),
    runtime,
    packageFolder: packageFolderOf(own, stacks, folder),
    handler: own.text('handler'),
    environment: Object.fromEntries(
      variables.map((name) => [name, own.text(`environment.variables.${name}`)]),
    ),
    timeoutInSeconds: Number(own.text('timeout')),
    memoryInMB: Number(own.text('memory_size')),
  };
  return { setUp, roleArn: own.text('role') };
}

/** What the archive provider zips. */
function packageFolderOf({ stack, block }: Resource, stacks: Stacks, folder: string): string {
  const [archive = ''] = /data\.archive_file\.\w+/.exec(String(block.filename)) ?? [];
  const found = stacks
    .resources('data.archive_file')
    .find((each) => each.stack === stack && each.address === archive);
  if (!found) throw new UserError(`${stack.id} has no ${archive}; run npm run synth`);
  const inStack = String(found.block.source_dir).replace('${path.module}/', '');
  return path.resolve(folder, 'stacks', stack.id, inStack);
}

function settingsOf(mapping: Resource) {
  const filters = mapping.block.filter_criteria?.filter ?? [];
  const destination = 'destination_config.on_failure.destination_arn';
  return {
    streamArn: mapping.text('event_source_arn'),
    /** AWS makes it up. */
    uuid: uuidOf(mapping.stack.id),
    enabled: mapping.text('enabled') === 'true',
    startingPosition: mapping.text('starting_position') as ResolvedSubscription['startingPosition'],
    batchSize: Number(mapping.text('batch_size')),
    retries: Number(mapping.text('maximum_retry_attempts')),
    bisect: mapping.text('bisect_batch_on_function_error') === 'true',
    filters: filters.map(({ pattern = '' }): object => JSON.parse(mapping.resolve(pattern))),
    /** ARN of the bucket of failed batches. */
    destination: mapping.optional(destination),
  };
}

function uuidOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
}
