import diff from 'microdiff';
import { parseArn } from '../../topology/arns';
import { STATE_BUCKET_STACK_ID } from '../../topology/names';
import { formatPath } from '../../topology/problem';
import type { Account, ResolvedTopology } from '../../topology/resolve';
import type { Found } from '../model';
import type { StackJson } from '../read/stacks';
import { notAsMeant, type Rule } from './rule';

/** Where stacks are deployed, as whom, and which state they write. */
export const place: Rule = ({ stacks, topology }) => {
  const accounts = accountsOf(topology);
  return stacks.all.flatMap(({ id, json }) => {
    const account = accounts.get(id);
    if (!account) return [{ place: id, message: 'is not a stack of the topology; remove it' }];
    const alias = id.replace(/^subscription/, 'consumer').replace(/-.*/, '');
    const found = {
      provider: json.provider.aws.map(({ default_tags, ...rest }) => rest),
      backend: json.terraform?.backend,
      version: json.terraform?.required_providers?.aws?.version,
    };
    const expected = {
      provider: [{ alias, ...providerOf(account) }],
      backend: backendOf(id, account, topology),
      version: topology.awsProviderVersion,
    };
    return [...differences(id, found, expected), ...withoutProvider(id, json, `aws.${alias}`)];
  });
};

/** What a stack is to be deployed with. */
type Owner = Pick<Account, 'region' | 'deployRole' | 'stateRoleArn'> & { readonly id?: string };

/** By stack id. */
export function accountsOf(topology: ResolvedTopology): ReadonlyMap<string, Owner> {
  const { consumers, producers, subscriptions, state } = topology;
  const { region, roleArn: arn } = state;
  const all = [...consumers, ...producers, ...subscriptions];
  const accounts = new Map<string, Owner>(all.map(({ stackId, account }) => [stackId, account]));
  if (!state.manage) return accounts;
  const role = arn === undefined ? {} : { id: parseArn(arn).id, deployRole: { arn } };
  return accounts.set(STATE_BUCKET_STACK_ID, { region, ...role });
}

function providerOf({ id, region, deployRole: role }: Owner): object {
  const { arn: role_arn, externalId: external_id, sessionName: session_name } = role ?? {};
  return {
    region,
    allowed_account_ids: id && [id],
    assume_role: role && [{ role_arn, external_id, session_name }],
  };
}

function backendOf(stackId: string, account: Owner, { state }: ResolvedTopology): object {
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
  { stateRoleArn: role_arn = roleArn }: Owner,
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
function withoutProvider(id: string, { resource, data }: StackJson, provider: string): Found[] {
  const message = `does not name the provider ${provider}, which is locked to the account; name it`;
  return [resource, data]
    .flatMap((blocks) => Object.entries(blocks ?? {}))
    .filter(([type]) => type.startsWith('aws_'))
    .flatMap(([type, named]) =>
      Object.keys(named)
        .filter((name) => named[name]?.provider !== provider)
        .map((name) => ({ place: `${id} ${type}.${name}`, message })),
    );
}

export function differences(place: string, found: object, expected: object): Found[] {
  // Without what is undefined.
  const settings = JSON.parse(JSON.stringify(expected));
  const differing = diff(settings, found, { cyclesFix: false }).map(({ path }) => formatPath(path));
  return notAsMeant(place, differing);
}
