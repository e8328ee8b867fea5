import type { Deployment, Protected } from '../access/deployment';
import type { Matrix } from '../access/matrix';
import { groupBy } from '../lists';
import type { Pipeline, ProcessingFunction } from '../pipeline';
import { number } from './table';

/** Accounts with the same tables and readers are drawn as one box from this number on. */
const FOLD_FROM = 6;

/** Colours of Okabe and Ito, which people who are colour-blind tell apart. */
const INK = '#1a1a1a';
const DATA = '#0072b2';
const ACCESS = '#b34700';
const PRODUCER_FILL = '#e8f1f8';
const CONSUMER_FILL = '#fdf3e1';

/** A table with its stream in an account, or in many accounts alike. */
interface Source {
  readonly table: string;
  readonly accounts: readonly string[];
  readonly stackIds: readonly string[];
  /** Functions that read it, by their place in the pipeline. */
  readonly readers: readonly number[];
  /** The same functions, as far as their roles are allowed to. */
  readonly allowed: readonly number[];
  readonly key: boolean;
}

/**
 * The accounts, what is in them and how changes travel, for Graphviz. Solid arrows carry changes,
 * dashed ones give access.
 *
 * @returns DOT
 * @see https://graphviz.org/doc/info/lang.html
 */
export function drawTopology(
  { resources }: Deployment,
  pipeline: Pipeline,
  matrix: Pick<Matrix, 'cells'>,
): string {
  const sources = fold(readSources(resources, pipeline, matrix));
  const lines = [
    'digraph topology {',
    '  graph [rankdir=LR, bgcolor="#ffffff", pad=0.3, nodesep=0.35, ranksep=0.9, fontname="Helvetica,Arial,sans-serif", fontsize=14];',
    `  node [shape=box, style="filled,rounded", fillcolor="#ffffff", color="${INK}", fontcolor="${INK}", fontname="Helvetica,Arial,sans-serif", fontsize=13, margin="0.18,0.1"];`,
    '  edge [fontname="Helvetica,Arial,sans-serif", fontsize=11, penwidth=1.6];',
    ...boxes(sources, pipeline, resources),
    ...sources.flatMap(sourceEdges),
    ...pipeline.functions.map(({ sinkBucket }, index) =>
      arrow(
        `function_${index}`,
        `sink_${index}`,
        sinkBucket === undefined ? 'one line a change' : 'objects',
      ),
    ),
    ...failures(pipeline).map(({ reader }) =>
      arrow(`function_${reader}`, `failed_${reader}`, 'discarded batches'),
    ),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function readSources(
  resources: readonly Protected[],
  { functions, mappings }: Pipeline,
  { cells }: Pick<Matrix, 'cells'>,
): Source[] {
  const keys = new Set(
    resources.filter(({ kind }) => kind === 'key').map(({ ownerArn }) => ownerArn),
  );
  const mayRead = new Set(
    cells
      .filter(({ action, allowed }) => allowed && action === 'dynamodb:GetRecords')
      .map(({ principal, resource }) => `${principal.arn} ${resource.arn}`),
  );
  const readersOf = new Map<string, number[]>();
  for (const { streamArn, functionArn } of mappings) {
    const reader = functions.findIndex(({ arn }) => arn === functionArn);
    readersOf.set(streamArn, [...(readersOf.get(streamArn) ?? []), reader]);
  }
  return resources
    .filter(({ kind }) => kind === 'stream')
    .map(({ arn, name, account, stackId, ownerArn }) => {
      const readers = (readersOf.get(arn) ?? []).filter((reader) => reader >= 0);
      return {
        table: name,
        accounts: [account],
        stackIds: [stackId],
        readers,
        allowed: readers.filter((reader) => mayRead.has(`${functions[reader]?.roleArn} ${arn}`)),
        key: keys.has(ownerArn),
      };
    });
}

/** Sources that are alike but for their account become one, where they are many. */
function fold(sources: readonly Source[]): Source[] {
  const alike = groupBy(sources, ({ table, key, readers, allowed }) =>
    JSON.stringify([table, key, readers, allowed]),
  );
  return alike.flatMap((group) => {
    const [first] = group;
    if (!first || group.length < FOLD_FROM) return group;
    return [
      {
        ...first,
        accounts: group.flatMap(({ accounts }) => accounts),
        stackIds: group.flatMap(({ stackIds }) => stackIds),
      },
    ];
  });
}

/** An account, or many accounts alike. */
interface Box {
  readonly title: string;
  readonly stackIds: readonly string[];
  readonly nodes: readonly string[];
  readonly fill: string;
}

function boxes(
  sources: readonly Source[],
  pipeline: Pipeline,
  resources: readonly Protected[],
): string[] {
  const failed = new Map(failures(pipeline).map(({ reader, name }) => [reader, name]));
  const all = new Map<string, Box>();
  const add = (
    title: string,
    stackIds: readonly string[],
    nodes: readonly string[],
    fill: string,
  ) => {
    const known = all.get(title);
    all.set(title, {
      title,
      stackIds: [...new Set([...(known?.stackIds ?? []), ...stackIds])],
      nodes: [...(known?.nodes ?? []), ...nodes],
      fill,
    });
  };
  for (const [index, source] of sources.entries()) {
    add(titleOf(source), source.stackIds, sourceNodes(source, index), PRODUCER_FILL);
  }
  for (const [index, each] of pipeline.functions.entries()) {
    const nodes = functionNodes(each, index, resources, failed.get(index));
    add(`account ${each.account}`, [each.resource.stack.id], nodes, CONSUMER_FILL);
  }
  return [...all.values()].flatMap(({ title, stackIds, nodes, fill }, index) => [
    `  subgraph cluster_${index} {`,
    `    graph [label=${quoted(`${title}\n${ends(stackIds)}`)}, style="filled,rounded", fillcolor="${fill}", color="#8a8a8a", fontcolor="${INK}", margin=16];`,
    ...nodes,
    '  }',
  ]);
}

/** Where the batches go that a function's mappings give up. */
function failures({ functions, mappings }: Pipeline): { reader: number; name: string }[] {
  return functions.flatMap((each, reader) => {
    const arn = mappings.find(({ functionArn }) => functionArn === each.arn)?.onFailureArn;
    return arn === undefined ? [] : [{ reader, name: arn.split(':').at(-1) ?? arn }];
  });
}

function titleOf({ accounts }: Source): string {
  return accounts.length === 1 ? `account ${accounts[0]}` : `${number(accounts.length)} accounts`;
}

/** The first and the last of many. */
function ends(names: readonly string[]): string {
  return names.length < FOLD_FROM ? names.join('\n') : `${names[0]} …\n${names.at(-1)}`;
}

function sourceNodes({ table, key }: Source, index: number): string[] {
  return [
    `    table_${index} [shape=cylinder, label=${quoted(`table\n${table}`)}];`,
    `    stream_${index} [label=${quoted(`stream of ${table}${key ? '\ncustomer managed key' : ''}`)}];`,
    `    table_${index} -> stream_${index} [color="${DATA}"];`,
  ];
}

function functionNodes(
  each: ProcessingFunction,
  index: number,
  resources: readonly Protected[],
  failedBatches: string | undefined,
): string[] {
  const role = each.roleArn.split('/').at(-1);
  return [
    `    function_${index} [style="filled,rounded,bold", label=${quoted(`function\n${each.name}`)}];`,
    `    role_${index} [shape=ellipse, label=${quoted(`role\n${role}`)}];`,
    `    sink_${index} [shape=folder, label=${quoted(sinkLabel(each, resources))}];`,
    ...(failedBatches === undefined
      ? []
      : [`    failed_${index} [shape=folder, label=${quoted(`bucket\n${failedBatches}`)}];`]),
    `    { rank=same; role_${index}; function_${index}; }`,
    `    role_${index} -> function_${index} [style=dashed, dir=back, color="${ACCESS}"];`,
  ];
}

function sinkLabel({ name, sinkBucket }: ProcessingFunction, resources: readonly Protected[]) {
  if (sinkBucket !== undefined) return `bucket\n${sinkBucket}`;
  const log = resources.find((each) => each.kind === 'log group' && each.name.endsWith(`/${name}`));
  return `log group\n${log?.name ?? `/aws/lambda/${name}`}`;
}

function sourceEdges({ readers, allowed, accounts }: Source, index: number): string[] {
  return [
    ...readers.map((reader) =>
      arrow(
        `stream_${index}`,
        `function_${reader}`,
        accounts.length === 1 ? 'records' : 'records of each',
      ),
    ),
    ...allowed.map(
      (reader) =>
        `  stream_${index} -> role_${reader} [style=dashed, dir=back, color="${ACCESS}", fontcolor="${ACCESS}", label="may read"];`,
    ),
  ];
}

function arrow(from: string, to: string, label: string): string {
  return `  ${from} -> ${to} [color="${DATA}", fontcolor="${DATA}", label=${quoted(label)}];`;
}

/** A DOT string; Graphviz takes the backslash for the start of an escape. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
