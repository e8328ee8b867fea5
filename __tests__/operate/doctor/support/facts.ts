import { linked } from '../../../../operate/doctor/doctor';
import type { Facts } from '../../../../operate/doctor/facts';
import type { LiveConsumer } from '../../../../operate/doctor/read/consumer';
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

type Change<T> = (live: T) => Partial<T>;

/** What differs from a healthy deployment. */
export interface Faults {
  readonly consumer?: Change<LiveConsumer>;
  readonly producer?: Change<LiveProducer>;
  /** By the ID of the stack. */
  readonly states?: Readonly<Record<string, Change<StackState>>>;
}

/** What a healthy deployment of a topology answers, but for faults. */
export function factsOf(overrides: Overrides = {}, faults: Faults = {}): Facts {
  const content = resolved(topology(overrides));
  const stacks = new Stacks(synthesizedStacks(content));
  const { consumer = () => ({}), producer = () => ({}), states = {} } = faults;
  return linked({
    topology: content,
    stacks,
    now: new Date('2026-11-27T12:00:00Z'),
    states: new Map(
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
    ),
    consumers: content.consumers.map((each) => {
      const healthy = liveConsumer(each);
      return { consumer: each, account: 'analytics', ...healthy, ...consumer(healthy) };
    }),
    producers: content.producers.map((each) => {
      const healthy = liveProducer(each, stacks);
      return { producer: each, account: 'shop', ...healthy, ...producer(healthy) };
    }),
  });
}

export const ROLE_ID = 'AROAEXAMPLEEXAMPLE000';

function liveConsumer({ role: { arn } }: ResolvedConsumer): LiveConsumer {
  const [RoleName = ''] = arn.split('/').slice(-1);
  return { role: { Path: '/', RoleName, RoleId: ROLE_ID, Arn: arn, CreateDate: new Date(0) } };
}

function liveProducer(producer: ResolvedProducer, stacks: Stacks): LiveProducer {
  const policy = stacks
    .resources('aws_dynamodb_resource_policy')
    .find(
      ({ stack, address }) => stack.id === producer.stackId && address.endsWith('stream_policy'),
    );
  return {
    table: {
      LatestStreamArn: `${arns.streams(producer.source)}${STREAM_LABEL}`,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    },
    streamPolicy: policy?.text('policy') ?? 'absent',
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
  const role = new Map<string, object>([['aws_iam_role.execution_role', { unique_id: ROLE_ID }]]);
  return {
    outputs: Object.fromEntries(
      Object.keys(stack.json.output ?? {})
        .filter((name) => name.endsWith('_arn'))
        .map((name) => [name, stacks.outputOf(stack, name)]),
    ),
    resources: new Map(
      resources.map(([address, block]) => [address, { ...block, ...role.get(address) }]),
    ),
  };
}
