import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Resource, Stacks } from '../review/read/resources';
import { tableOfStream } from '../topology/arns';
import { UserError } from '../topology/problem';
import type { ResolvedConsumer, ResolvedSubscription, ResolvedTopology } from '../topology/resolve';
import type { FunctionSetUp } from './function/function';
import type { Place } from './step';
import type { KeyAttribute, TableSchema } from './table';

/** What there is to play, as it is synthesized. */
export type Parts = ReturnType<typeof readParts>;
export type TablePart = Parts['tables'][number];
export type FunctionPart = Extract<Parts['functions'][number], { readonly setUp: object }>;
export type SubscriptionPart = Parts['subscriptions'][number];

/** @param folder with the synthesized stacks, such as `cdktf.out` */
export function readParts(topology: ResolvedTopology, stacks: Stacks, folder: string) {
  const accountOf = ({ id, region }: { readonly id: string; readonly region: string }) => {
    const isIt = ([, account]: [string, (typeof topology.accounts)[string]]) =>
      account.id === id && account.region === region;
    return Object.entries(topology.accounts).find(isIt)?.[0] ?? id;
  };
  const mappingOf = byStack(stacks, 'aws_lambda_event_source_mapping');
  const tableOf = {
    created: byStack(stacks, 'aws_dynamodb_table'),
    existing: byStack(stacks, 'data.aws_dynamodb_table'),
  };
  const mapped = topology.subscriptions.map((subscription) => {
    const mapping = mappingOf(subscription.stackId);
    return { subscription, mapping, streamArn: mapping.text('event_source_arn') };
  });
  const tables = [
    ...topology.producers.map(({ name, stackId, account, table, source }) => {
      const schema = schemaOf(tableOf[table.type](stackId));
      const place: Place = {
        account: accountOf(account),
        stack: stackId,
        part: `table ${source.name}`,
      };
      return { name, label: stackId.replace('producer-', ''), place, source, schema };
    }),
    ...mapped
      .filter(({ subscription }) => 'arn' in subscription.stream)
      .map(({ subscription, streamArn }) => {
        const { account, name: table } = tableOfStream(streamArn);
        const name = producerOf(subscription);
        const place: Place = { account: accountOf(account), stack: '', part: `table ${table}` };
        const schema: TableSchema = { streamArn, viewType: 'NEW_AND_OLD_IMAGES' };
        return { name, label: name, place, source: subscription.source, schema };
      }),
  ];
  return {
    /** Of a stream that several consumers read, once. */
    tables: [...new Map(tables.map((table) => [table.label, table])).values()],
    functions: topology.consumers.map((consumer) => ({
      consumer,
      ...functionOf(consumer, stacks, folder),
      place: {
        account: accountOf(consumer.account),
        stack: consumer.stackId,
        part: `function ${consumer.function.name}`,
      },
    })),
    subscriptions: mapped.map(({ subscription, mapping, streamArn }) => ({
      stackId: subscription.stackId,
      consumerStackId: subscription.consumerStackId,
      source: subscription.source,
      streamArn,
      place: {
        account: accountOf(subscription.account),
        stack: subscription.stackId,
        part: 'mapping',
      },
      mapping: settingsOf(mapping),
    })),
  };
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
function functionOf({ stackId }: ResolvedConsumer, stacks: Stacks, folder: string) {
  const own = stacks.resources('aws_lambda_function').find(({ stack }) => stack.id === stackId);
  if (!own) return { skipped: 'its code is that of others' };
  const runtime = own.text('runtime');
  if (!runtime.startsWith('nodejs')) return { skipped: `its runtime ${runtime} is not Node.js` };
  const variables = Object.keys(own.block.environment?.variables ?? {});
  const setUp: Omit<FunctionSetUp, 'endpoint' | 'wrote'> = {
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
