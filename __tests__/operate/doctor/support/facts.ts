import type { Cause } from '../../../../operate/doctor/cause';
import { causesOf } from '../../../../operate/doctor/causes';
import { type Facts, linked } from '../../../../operate/doctor/facts';
import { withoutHidden } from '../../../../operate/doctor/following';
import type { LiveConsumer } from '../../../../operate/doctor/read/consumer';
import type { NamedKey } from '../../../../operate/doctor/read/named-keys';
import type { LiveProducer } from '../../../../operate/doctor/read/producer';
import type { StackState, State } from '../../../../operate/doctor/read/states';
import { STREAM_LABEL } from '../../../../review/read/attributes';
import { Stacks } from '../../../../review/read/resources';
import { arns } from '../../../../topology/arns';
import type { ResolvedConsumer, ResolvedProducer } from '../../../../topology/resolve';
import { stacksOf } from '../../../../topology/stacks';
import { synthesizedStacks } from '../../../helpers/review';
import { resolved } from '../../../helpers/synth-app';
import { type Overrides, topology } from '../../../helpers/topology';
import { liveProcessing, NOW } from './processing';

type Change<T> = (live: T) => Partial<T>;

/** What differs from a healthy deployment. */
export interface Faults {
  readonly overrides?: Overrides;
  readonly consumer?: Change<LiveConsumer>;
  readonly producer?: Change<LiveProducer>;
  /** By the ID of the stack. */
  readonly states?: Readonly<Record<string, Change<StackState>>>;
  /** With the ID of the stack. */
  readonly namedKeys?: readonly (Omit<NamedKey, 'place'> & { readonly stack: string })[];
}

/** What a healthy deployment of a topology answers, but for faults. */
export function factsOf(
  overrides: Overrides = {},
  { consumer, producer, states = {}, namedKeys = [] }: Faults = {},
): Facts {
  const content = resolved(topology(overrides));
  const stacks = new Stacks(synthesizedStacks(content));
  const stackStates = new Map(
    stacksOf(content).map(({ id, kind }) => {
      const account = kind === 'producer' ? 'shop' : 'analytics';
      const healthy: StackState = {
        account,
        stack: id,
        state: stateOf(stacks, id),
        lock: 'absent',
      };
      return [id, { ...healthy, ...states[id]?.(healthy) }];
    }),
  );
  return linked({
    topology: content,
    stacks,
    now: NOW,
    hasOtherApp: false,
    states: stackStates,
    namedKeys: namedKeys.map(({ stack, ...key }) => {
      return { ...key, place: stackStates.get(stack) as StackState };
    }),
    consumers: content.consumers.map((each) => {
      const healthy = {
        consumer: each,
        ...liveAccess(each, stacks),
        ...liveProcessing(each, content, stacks),
      };
      return { ...healthy, ...consumer?.(healthy) };
    }),
    producers: content.producers.map((each) => {
      const healthy = liveProducer(each, stacks);
      return { ...healthy, ...producer?.(healthy) };
    }),
  });
}

/** Each as `cause account stack part`, what is found and what to do. */
export const said = (causes: readonly Cause[]): string[] =>
  causes.flatMap(({ cause, account, stack, part, message, remedy }) => [
    [cause, account, stack, part].join(' '),
    message,
    // Where it has commands is tested with the report.
    remedy.replaceAll('`', ''),
  ]);

export const found = (faults: Faults) =>
  said(withoutHidden(causesOf(factsOf(faults.overrides, faults))));

export const ROLE_ID = 'AROAEXAMPLEEXAMPLE000';

function liveAccess({ stackId, role: { arn } }: ResolvedConsumer, stacks: Stacks) {
  const [RoleName = ''] = arn.split('/').slice(-1);
  const partsOf = (type: string) =>
    stacks.resources(type).filter(({ stack }) => stack.id === stackId);
  const inline = partsOf('aws_iam_role_policy').map(
    (policy) => [policy.text('name'), policy.document('policy')] as const,
  );
  return {
    role: { Path: '/', RoleName, RoleId: ROLE_ID, Arn: arn, CreateDate: new Date(0) },
    rolePolicies: {
      inline: new Map(inline),
      attached: partsOf('aws_iam_role_policy_attachment').map((each) => each.text('policy_arn')),
    },
    logGroup: '/aws/lambda/ProcessOrders',
    key: 'unknown' as const,
  };
}

/** The stream of every table. */
export const streamArnOf = ({ source }: Pick<ResolvedProducer, 'source'>) =>
  `${arns.streams(source)}${STREAM_LABEL}`;

function liveProducer(producer: ResolvedProducer, stacks: Stacks): LiveProducer {
  const policyOf = (what: string) =>
    stacks
      .resources('aws_dynamodb_resource_policy')
      .find(
        ({ place }) => place === `${producer.stackId} aws_dynamodb_resource_policy.${what}_policy`,
      )
      ?.document('policy');
  return {
    producer,
    table: {
      TableName: producer.source.name,
      TableStatus: 'ACTIVE',
      TableArn: arns.table(producer.source),
      LatestStreamArn: streamArnOf(producer),
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
    streamPolicy: policyOf('stream') ?? 'absent',
    tablePolicy: policyOf('table') ?? 'unknown',
    key: 'unknown',
  };
}

/** What Terraform writes of a stack: the attributes that are known before it is applied. */
function stateOf(stacks: Stacks, id: string): State {
  const stack = stacks.all.find((each) => each.id === id);
  if (!stack) throw new Error(`no stack ${id}`);
  const resources = Object.entries(stack.json.resource ?? {}).flatMap(([type, blocks]) =>
    Object.entries(blocks).map(([name, block]): [string, object] => [`${type}.${name}`, block]),
  );
  const mapping = stacks
    .resources('aws_lambda_event_source_mapping')
    .find((each) => each.stack.id === id);
  const known = new Map<string, object>([
    ['aws_iam_role.execution_role', { unique_id: ROLE_ID }],
    [`${mapping?.address}`, { event_source_arn: mapping?.text('event_source_arn') }],
  ]);
  return {
    outputs: Object.fromEntries(
      Object.keys(stack.json.output ?? {})
        .filter((name) => name.endsWith('_arn'))
        .map((name) => [name, stacks.outputOf(stack, name)]),
    ),
    resources: new Map(
      resources.map(([address, block]) => [address, { ...block, ...known.get(address) }]),
    ),
  };
}
