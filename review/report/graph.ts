import type { ResolvedTopology } from '../../topology/resolve';
import type { AccessAnswer } from '../access/answers';
import type { AccessTarget } from '../access/model';
import { groupBy, unique } from '../lists';
import type { Edge, Graph, Node } from '../model';
import type { Pipeline } from '../pipeline';
import type { Resource, Stacks } from '../read/resources';
import { plural } from './words';

/** Tables that are alike but for their account are drawn as one from this number on. */
const FOLD_FROM = 6;
const FILTER_LENGTH = 84;

/**
 * The accounts, what is in them, how changes travel, and who else may read them.
 *
 * @param allowed everything that was asked and is allowed
 */
export function drawTopology(
  stacks: Stacks,
  targets: readonly AccessTarget[],
  { functions, mappings }: Pipeline,
  allowed: readonly AccessAnswer[],
  { accounts }: ResolvedTopology,
): Graph {
  const nodes = new Map<string, Node & { readonly account: string }>();
  const edges: Edge[] = [];
  const connect = (from: string, to: string, kind: Edge['kind']) => {
    if (!edges.some((edge) => edge.from === from && edge.to === to)) edges.push({ from, to, kind });
  };
  /** @param key what makes it another node than one with the same label */
  const add = (account: string, shape: Node['shape'], key: string, label: readonly string[]) => {
    const known = nodes.get(`${shape} ${key}`);
    const node = known ?? { id: `node_${nodes.size}`, shape, label, account };
    nodes.set(`${shape} ${key}`, node);
    return node.id;
  };

  for (const { arn, name, account, roleArn, sinkBucket, resource } of functions) {
    const own = mappings.filter(({ functionArn }) => functionArn === arn);
    const id = add(account, 'function', arn, ['function', name, `role ${lastOf(roleArn)}`]);
    const follow = (kind: Edge['kind'], ...label: string[]) =>
      connect(id, add(account, 'target', `${arn} ${label}`, label), kind);
    if (sinkBucket === undefined) follow('changes', 'log group', `/aws/lambda/${name}`);
    else follow('changes', 'sink: bucket', sinkBucket);
    for (const bucket of unique(own.flatMap(({ onFailureArn }) => onFailureArn ?? []))) {
      follow('changes', 'failed batches: bucket', lastOf(bucket));
    }
    const ids = new Set([resource, ...own.map((mapping) => mapping.resource)].map(stackOf));
    const alarms = stacks
      .resources('aws_cloudwatch_metric_alarm')
      .filter((alarm) => ids.has(stackOf(alarm)))
      .map((alarm) => alarm.optional('alarm_actions.0') ?? 'nobody');
    for (const topic of unique(alarms)) {
      const count = alarms.filter((each) => each === topic).length;
      follow('alarms', `${plural(count, 'alarm')} to topic`, lastOf(topic));
    }
  }

  const reads = allowed.filter(({ action }) => action === 'dynamodb:GetRecords');
  const sources = targets
    .filter(({ kind }) => kind === 'stream')
    .map(({ arn, name, account, ownerArn }) => {
      const mayRead = new Set(
        reads.filter(({ target }) => target.arn === arn).map(({ principal }) => principal.arn),
      );
      const readers: Omit<Edge, 'from'>[] = [];
      for (const { functionArn, resource } of mappings.filter((each) => each.streamArn === arn)) {
        const of = functions.find((each) => each.arn === functionArn);
        if (!of) continue;
        const label = ['event source mapping', ...filtersOf(resource)];
        const to = add(of.account, 'mapping', `${functionArn} ${label}`, label);
        connect(to, add(of.account, 'function', functionArn, []), 'changes');
        readers.push({ to, kind: mayRead.delete(of.roleArn) ? 'changes' : 'refused' });
      }
      for (const role of mayRead) {
        const to = add(role.split(':')[4] ?? '', 'role', role, ['may read', lastOf(role)]);
        readers.push({ to, kind: 'access' });
      }
      const hasKey = targets.some((key) => key.kind === 'key' && key.ownerArn === ownerArn);
      const label = ['table and stream', name, ...(hasKey ? ['customer managed key'] : [])];
      return { account, label, readers };
    });
  const alike = groupBy(sources, ({ label, readers }) => [label, readers]).flatMap((group) =>
    group.length < FOLD_FROM ? group.map((one) => [one]) : [group],
  );
  const accountName = (id: string) => {
    const names = Object.keys(accounts).filter((name) => accounts[name]?.id === id);
    return [...names, id].join(' ');
  };
  const titleOf = (ids: readonly string[]) =>
    ids.length === 1 ? ids.map(accountName) : [plural(ids.length, 'account')];
  return {
    groups: [
      ...alike.map((group, index) => ({
        title: titleOf(group.map(({ account }) => account)),
        kind: 'producer' as const,
        nodes: [{ id: `table_${index}`, shape: 'table' as const, label: group[0]?.label ?? [] }],
      })),
      ...groupBy([...nodes.values()], ({ account }) => account).map((own) => ({
        title: titleOf(unique(own.map(({ account }) => account))),
        kind: 'consumer' as const,
        nodes: own,
      })),
    ],
    edges: [
      ...alike.flatMap(([source], index) =>
        (source?.readers ?? []).map((reader) => ({ from: `table_${index}`, ...reader })),
      ),
      ...edges,
    ],
  };
}

function stackOf({ stack }: Resource): string {
  return stack.id;
}

function lastOf(arn: string): string {
  return arn.split(/[:/]/).at(-1) ?? arn;
}

function filtersOf({ block }: Resource): string[] {
  const { filter = [] } = Object(block.filter_criteria) as { filter?: { pattern: string }[] };
  const patterns = filter.map(({ pattern }) => pattern);
  return [
    ...(patterns.length === 0 ? ['every change'] : patterns.map(shortened)),
    ...(block.enabled === false ? ['disabled'] : []),
  ];
}

function shortened(text: string): string {
  return text.length > FILTER_LENGTH ? `${text.slice(0, FILTER_LENGTH)}…` : text;
}
