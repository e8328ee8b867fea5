import diff from 'microdiff';
import { parseArn } from '../../topology/arns';
import { STATE_BUCKET_STACK_ID } from '../../topology/names';
import { formatPath } from '../../topology/problem';
import type { Account, ResolvedTopology } from '../../topology/resolve';
import type { Stack } from '../read/stacks';
import { type Found, notAsMeant, type Rule } from './rule';

/** Where stacks are deployed, as whom, and which state they write. */
export const place: Rule = ({ stacks, topology }) => {
  const places = placesOf(topology);
  return stacks.all.flatMap((stack) => {
    const { id, json } = stack;
    const expected = places.get(id);
    if (!expected) return [{ place: id, message: 'is not a stack of the topology; remove it' }];
    const found = {
      provider: json.provider.aws.map(({ default_tags, ...rest }) => rest),
      backend: json.terraform?.backend,
      version: json.terraform?.required_providers?.aws?.version,
    };
    const settings = {
      provider: [providerOf(expected)],
      backend: backendOf(id, expected, topology),
      version: topology.awsProviderVersion,
    };
    return [...differences(id, found, settings), ...withoutProvider(stack, expected)];
  });
};

/** What a stack is to be deployed with. */
export interface Place {
  readonly alias: string;
  readonly account: Pick<Account, 'region' | 'deployRole' | 'stateRoleArn'> & { id?: string };
}

/** By stack id. */
export function placesOf(topology: ResolvedTopology): ReadonlyMap<string, Place> {
  const { consumers, producers, subscriptions, state } = topology;
  const places = new Map<string, Place>();
  for (const { stackId, account } of [...consumers, ...subscriptions]) {
    places.set(stackId, { alias: 'consumer', account });
  }
  for (const { stackId, account } of producers) {
    places.set(stackId, { alias: 'producer', account });
  }
  if (state.manage) {
    const { region, roleArn: arn } = state;
    const account =
      arn === undefined ? { region } : { region, id: parseArn(arn).id, deployRole: { arn } };
    places.set(STATE_BUCKET_STACK_ID, { alias: 'state', account });
  }
  return places;
}

function providerOf({ alias, account: { id, region, deployRole: role } }: Place): object {
  const { arn: role_arn, externalId: external_id, sessionName: session_name } = role ?? {};
  return {
    alias,
    region,
    allowed_account_ids: id && [id],
    assume_role: role && [{ role_arn, external_id, session_name }],
  };
}

function backendOf(stackId: string, { account }: Place, { state }: ResolvedTopology): object {
  if (stackId === STATE_BUCKET_STACK_ID) {
    const file = `${state.keyPrefix.replaceAll('/', '-')}.state-bucket.tfstate`;
    return { local: { path: `../../../${file}` } };
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
  // Without what is undefined.
  const settings = JSON.parse(JSON.stringify(expected));
  const all = diff(settings, found, { cyclesFix: false });
  return notAsMeant(
    place,
    all.map(({ path }) => formatPath(path)),
  );
}
