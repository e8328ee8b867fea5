import { createHash } from 'node:crypto';
import { SINK_VARIABLES } from '../../lambda-src/contract';
import type { ResolvedTopology } from '../../topology/resolve';
import type { AccessAnswer } from '../access/access';
import type { AccessTarget } from '../access/model';
import { groupBy, unique } from '../lists';
import type { Edge, Graph, Node } from '../model';
import type { Resource, Stacks } from '../read/resources';
import { plural } from './words';

/** Tables that are alike but for their account are drawn as one from this number on. */
const FOLD_FROM = 6;
const FILTER_LENGTH = 84;

/** The accounts, what is in them, how changes travel, and who else may read them. */
export function drawTopology(
  stacks: Stacks,
  targets: readonly AccessTarget[],
  allowed: readonly AccessAnswer[],
  { accounts }: ResolvedTopology,
): Graph {
  const functions = ['aws_lambda_function', 'data.aws_lambda_function']
    .flatMap((type) => stacks.resources(type))
    .map(readFunction);
  const mappings = functions.flatMap((each) => each.mappings);
  const keyOwners = targets.flatMap(({ kind, ownerArn }) => (kind === 'key' ? ownerArn : []));
  const tables = targets
    .filter(({ kind }) => kind === 'stream')
    .map(({ account, arn, name, ownerArn }) => {
      const key = keyOwners.includes(ownerArn) ? ['customer managed key'] : [];
      const table = node(account, 'table', arn, 'table and stream', name, ...key);
      return { table, edges: readersOf(table, arn, allowed, mappings) };
    });
  const alike = groupBy(tables, ({ table, edges }) => [
    table.label,
    edges.map(({ to, kind }) => [to, kind]),
  ]).flatMap((group) =>
    group.length < FOLD_FROM
      ? group.map((one) => ({ ...one, count: 1 }))
      : [{ ...group[0], count: group.length }],
  );
  const edges = [
    ...alike.flatMap((each) => each.edges),
    ...functions.flatMap((each) => edgesOf(each, stacks)),
  ];
  const others = edges.flatMap(({ from, to }) => (from.shape === 'table' ? [to] : [from, to]));
  const titleOf = (account: string) =>
    [...Object.keys(accounts).filter((name) => accounts[name]?.id === account), account].join(' ');
  return {
    groups: [
      ...alike.map(({ table, count }) => ({
        title: count > 1 ? plural(count, 'account') : titleOf(table.account),
        nodes: [table],
      })),
      ...groupBy(others, ({ account }) => account).map((nodes) => ({
        title: titleOf(nodes[0].account),
        nodes: distinct(nodes),
      })),
    ],
    edges: distinct(edges),
  };
}

/** @param key what makes it another node than one with the same label */
function node(account: string, shape: Node['shape'], key: string, ...label: string[]): Node {
  const hash = createHash('sha256')
    .update(JSON.stringify([key, label]))
    .digest('hex');
  return { id: `${shape}_${hash.slice(0, 12)}`, shape, label, account };
}

function distinct<T>(values: readonly T[]): T[] {
  return groupBy(values, (value) => value).map(([first]) => first);
}

type Lambda = ReturnType<typeof readFunction>;

/** A function, with the event source mappings that call it. */
function readFunction(resource: Resource) {
  const { account, id: stackId } = resource.stack;
  const arn = resource.text('arn');
  const name = resource.text('function_name');
  const role = resource.text('role');
  const mappings = resource.stacks
    .resources('aws_lambda_event_source_mapping')
    .filter((mapping) => mapping.text('function_name') === arn)
    .map((mapping) => ({
      self: node(account, 'mapping', arn, 'event source mapping', ...filtersOf(mapping)),
      stackId: mapping.stack.id,
      streamArn: mapping.text('event_source_arn'),
      role,
      /** ARN of what discarded batches are sent to. */
      onFailureArn: mapping.optional('destination_config.on_failure.destination_arn'),
    }));
  return {
    self: node(account, 'function', arn, 'function', name, `role ${lastOf(role)}`),
    stackId,
    arn,
    mappings,
    /** What it writes changes to, as far as that is known: what a function of others does is not. */
    sink: resource.type === 'aws_lambda_function' ? sinkOf(resource, name) : undefined,
  };
}

function sinkOf(resource: Resource, name: string): [kind: string, name: string] {
  const bucket = resource.optional(`environment.variables.${SINK_VARIABLES.s3.bucket}`);
  return bucket === undefined ? ['log group', `/aws/lambda/${name}`] : ['sink: bucket', bucket];
}

/** To the mappings of a stream, and to the roles that may read it without one. */
function readersOf(
  from: Node,
  streamArn: string,
  allowed: readonly AccessAnswer[],
  mappings: Lambda['mappings'],
): Edge[] {
  const mayRead = allowed
    .filter(({ action, target }) => action === 'dynamodb:GetRecords' && target.arn === streamArn)
    .map(({ principal }) => principal.arn);
  const mapped = mappings.filter((mapping) => mapping.streamArn === streamArn);
  const others = unique(mayRead)
    .filter((arn) => !mapped.some(({ role }) => role === arn))
    .map((arn) => node(arn.split(':')[4] ?? '', 'role', arn, 'may read', lastOf(arn)));
  return [
    ...mapped.map(({ self, role }) =>
      edge(from, mayRead.includes(role) ? 'changes' : 'refused', self),
    ),
    ...others.map((to) => edge(from, 'access', to)),
  ];
}

/** From the mappings of a function to it, and to where its results, failures and alarms go. */
function edgesOf({ self, stackId, arn, sink, mappings }: Lambda, stacks: Stacks): Edge[] {
  const target = (kind: Edge['kind'], ...label: string[]) =>
    edge(self, kind, node(self.account, 'target', arn, ...label));
  const ids = [stackId, ...mappings.map((mapping) => mapping.stackId)];
  const topics = stacks
    .resources('aws_cloudwatch_metric_alarm')
    .filter(({ stack }) => ids.includes(stack.id))
    .map((alarm) => alarm.optional('alarm_actions.0') ?? 'nobody');
  return [
    ...mappings.map((mapping) => edge(mapping.self, 'changes', self)),
    ...(sink ? [target('changes', ...sink)] : []),
    ...unique(mappings.flatMap(({ onFailureArn }) => onFailureArn ?? [])).map((failed) =>
      target('changes', 'failed batches: bucket', lastOf(failed)),
    ),
    ...groupBy(topics, String).map((same) =>
      target('alarms', `${plural(same.length, 'alarm')} to topic`, lastOf(same[0])),
    ),
  ];
}

function edge(from: Node, kind: Edge['kind'], to: Node): Edge {
  return { from, to, kind };
}

function lastOf(arn: string): string {
  return arn.split(/[:/]/).at(-1) ?? arn;
}

function filtersOf({ block }: Resource): string[] {
  const patterns = (block.filter_criteria?.filter ?? []).map(({ pattern }) =>
    pattern.length > FILTER_LENGTH ? `${pattern.slice(0, FILTER_LENGTH)}…` : pattern,
  );
  return [
    ...(patterns.length === 0 ? ['every change'] : patterns),
    ...(block.enabled === false ? ['disabled'] : []),
  ];
}
