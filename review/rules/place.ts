import diff from 'microdiff';
import { parseArn } from '../../topology/arns';
import { STATE_BUCKET_STACK_ID } from '../../topology/names';
import { formatPath } from '../../topology/problem';
import type { Account, ResolvedTopology } from '../../topology/resolve';
import type { Stack } from '../read/stacks';
import { type Found, notAsMeant, type Rule } from './rule';

/** Where stacks are deployed, as whom, and which state they write. */
export const place: Rule = {
  name: 'place',
  check({ stacks, topology }) {
    const places = new Map(placesOf(topology).map((each) => [each.stackId, each]));
    return stacks.all.flatMap((stack) => ofStack(stack, places.get(stack.id), topology));
  },
};

/** What a stack is to be deployed with. */
export interface Place {
  readonly stackId: string;
  readonly alias: string;
  readonly account: Pick<Account, 'region' | 'deployRole' | 'stateRoleArn'> & { id?: string };
}

export function placesOf({
  consumers,
  producers,
  subscriptions,
  state,
}: ResolvedTopology): Place[] {
  const { region, roleArn, manage } = state;
  const deployRole = roleArn === undefined ? undefined : { arn: roleArn };
  const owner = { id: roleArn && parseArn(roleArn).id, region, deployRole };
  return [
    ...[...consumers, ...subscriptions].map((stack) => ({ ...stack, alias: 'consumer' })),
    ...producers.map((stack) => ({ ...stack, alias: 'producer' })),
    ...(manage ? [{ stackId: STATE_BUCKET_STACK_ID, alias: 'state', account: owner }] : []),
  ];
}

function ofStack(stack: Stack, expected: Place | undefined, topology: ResolvedTopology): Found[] {
  const { id, json } = stack;
  if (!expected) return [{ place: id, message: 'is not a stack of the topology; remove it' }];
  const { provider, terraform } = json;
  const found = {
    provider: provider?.aws?.map(({ default_tags, ...rest }) => rest),
    backend: terraform?.backend,
    version: Reflect.get(Object(terraform?.required_providers), 'aws')?.version,
  };
  return [
    ...differences(id, found, {
      provider: [providerOf(expected)],
      backend: backendOf(expected, topology),
      version: topology.awsProviderVersion,
    }),
    ...withoutProvider(stack, expected),
  ];
}

function providerOf({ alias, account: { id, region, deployRole } }: Place): object {
  return {
    alias,
    region,
    allowed_account_ids: id && [id],
    assume_role: deployRole && [
      {
        role_arn: deployRole.arn,
        external_id: deployRole.externalId,
        session_name: deployRole.sessionName,
      },
    ],
  };
}

function backendOf({ stackId, account }: Place, { state }: ResolvedTopology): object {
  if (stackId === STATE_BUCKET_STACK_ID) {
    return {
      local: { path: `../../../${state.keyPrefix.replaceAll('/', '-')}.state-bucket.tfstate` },
    };
  }
  const object = stateObject(stackId, state, account);
  return { s3: { ...object, encrypt: true, kms_key_id: state.kmsKeyId, use_lockfile: true } };
}

/** Where the state of a stack is, and how an account reaches it. */
export function stateObject(
  stackId: string,
  { bucket, region, keyPrefix, roleArn, usePathStyle }: ResolvedTopology['state'],
  { stateRoleArn: role_arn = roleArn }: Place['account'],
): object {
  return {
    bucket,
    key: `${keyPrefix}/${stackId}.tfstate`,
    region,
    assume_role: role_arn && { role_arn },
    use_path_style: usePathStyle || undefined,
  };
}

/** A resource without the stack's provider would be deployed with whatever credentials there are. */
function withoutProvider({ id, json }: Stack, { alias }: Place): Found[] {
  const message = `does not name the provider aws.${alias}, which is locked to the account; name it`;
  return [json.resource, json.data]
    .flatMap((blocks) => Object.entries(blocks ?? {}))
    .filter(([type]) => type.startsWith('aws_'))
    .flatMap(([type, named]) =>
      Object.entries(named)
        .filter(([, { provider }]) => provider !== `aws.${alias}`)
        .map(([name]) => ({ place: `${id} ${type}.${name}`, message })),
    );
}

export function differences(place: string, found: object, expected: object): Found[] {
  const settings = JSON.parse(JSON.stringify(expected));
  const all = diff(settings, found, { cyclesFix: false });
  return notAsMeant(
    place,
    all.map(({ path }) => formatPath(path)),
  );
}
