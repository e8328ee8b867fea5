import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Resource, Stacks } from '../review/read/resources';
import { accountName } from '../topology/account-name';
import { UserError } from '../topology/problem';
import type { ResolvedConsumer, ResolvedSubscription, ResolvedTopology } from '../topology/resolve';
import type { FunctionSetUp } from './function/function';
import { type Producer, producersOf } from './producers';
import type { Place } from './step';
import type { KeyAttribute, TableSchema } from './table';

export interface TablePart extends Pick<Producer, 'name' | 'source' | 'schema'> {
  readonly place: Place;
}

export interface FunctionPart {
  readonly place: Place;
  readonly consumer: ResolvedConsumer;
  readonly roleArn: string;
  readonly setUp: Omit<FunctionSetUp, 'endpoint' | 'wrote'>;
}

/** A subscription whose function is played. */
export interface SubscriptionPart {
  readonly place: Place;
  readonly table: TablePart;
  readonly consumer: FunctionPart;
  readonly mapping: ReturnType<typeof settingsOf>;
}

/**
 * What there is to play, as it is synthesized.
 *
 * @param folder with the synthesized stacks, such as `cdktf.out`
 * @throws UserError if something of the topology is not in them
 */
export function readParts(topology: ResolvedTopology, stacks: Stacks, folder: string) {
  const tables = producersOf(topology).map((producer) => {
    const { stackId: stack, source } = producer;
    const place = {
      account: accountName(topology, source.account),
      stack,
      part: `table ${source.name}`,
    };
    return { ...producer, place, schema: schemaIn(stacks, producer) };
  });
  const consumers = topology.consumers.map((consumer) => {
    const { account, stackId: stack } = consumer;
    const part = `function ${consumer.function.name}`;
    const place = { account: accountName(topology, account), stack, part };
    return { place, consumer, ...functionOf(consumer, stacks, folder) };
  });
  const functions = consumers.filter((part) => 'setUp' in part);
  const subscriptions = topology.subscriptions.flatMap((subscription): SubscriptionPart[] => {
    const { stackId: stack, account, consumerStackId } = subscription;
    const mapping = settingsOf(resourceOf(stacks, 'aws_lambda_event_source_mapping', stack));
    const place = { account: accountName(topology, account), stack, part: 'mapping' };
    const table = tables.find((each) => each.subscriptions.includes(subscription));
    const consumer = functions.find((part) => part.place.stack === consumerStackId);
    return table && consumer ? [{ place, table, consumer, mapping }] : [];
  });
  const skipped = consumers.filter((part) => 'skipped' in part);
  return { tables, functions, skipped, subscriptions };
}

/** The resource that a stack has of a type. */
function resourceOf(stacks: Stacks, type: string, stackId: string): Resource {
  const found = stacks.resources(type).find(({ stack }) => stack.id === stackId);
  if (!found) throw new UserError(`${stackId} has no ${type}; run npm run synth`);
  return found;
}

/** As the stack has it, if the table is created there. */
function schemaIn(stacks: Stacks, { stackId, schema }: Producer): TableSchema {
  if (!schema.key) return schema;
  const table = resourceOf(stacks, 'aws_dynamodb_table', stackId);
  const attributes = table.block.attribute as KeyAttribute[];
  const key = [table.block.hash_key, table.block.range_key].flatMap((name) =>
    attributes
      .filter((attribute) => attribute.name === name)
      .map(({ type }) => ({ name: table.resolve(String(name)), type })),
  );
  const viewType = table.text('stream_view_type') as TableSchema['viewType'];
  return { ...schema, key, viewType };
}

/** The function with its code, or why it is not played. */
function functionOf(
  { stackId }: ResolvedConsumer,
  stacks: Stacks,
  folder: string,
): Pick<FunctionPart, 'setUp' | 'roleArn'> | { readonly skipped: string } {
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
