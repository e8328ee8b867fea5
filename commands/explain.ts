import path from 'node:path';
import { commandLine, fromSynth } from '../terraform/command-line';
import { holderOf } from '../terraform/lock';
import type { Diagnostic } from '../terraform/messages';
import { NO_STATE } from '../terraform/plan';
import type { OfOthers, Stack } from '../topology/stacks';

/** A stack, and where it is as a command line has it. */
export interface Place extends Pick<Stack, 'id' | 'account' | 'ofOthers'> {
  readonly program: string;
  readonly folder: string;
}

/** An error of Terraform's on a few lines, with what to do where that is known. */
export function explain(error: Diagnostic, place: Place, now: Date): string {
  const { summary, detail, address, after } = error;
  if (after && summary === NO_STATE) return `waits for ${after} to be deployed`;
  const known =
    lock(error, place, now) ??
    existing(error, place) ??
    otherAccount(error, place) ??
    refusedStream(error, place) ??
    protectedTable(error) ??
    noRole(error) ??
    noBucket(error);
  if (known) return known;
  if (summary === 'Saved plan is stale') {
    return 'the state moved on after the plan was made: plan again, and read what is different';
  }
  // The summary of most errors of a provider is the whole text. Others end with AWS's own.
  const [, ofAws] = /^Error: .*api error (.*)$/m.exec(detail) ?? [];
  const first = firstParagraph(detail);
  const texts = ofAws ? [summary, first.replace(/\.$/, ''), ofAws] : [summary, first];
  const text = texts.filter(Boolean).join(': ');
  const isNamed = !address || address.startsWith('provider[') || text.includes(address);
  return isNamed ? text : `${address}: ${text}`;
}

function lock({ summary, detail }: Diagnostic, place: Place, now: Date): string | undefined {
  const field = (name: string) =>
    new RegExp(`^ *${name}: +(.*)$`, 'm').exec(detail)?.[1]?.trim() ?? '';
  const id = field('ID');
  if (summary !== 'Error acquiring the state lock' || !id) return undefined;
  const lock = { Who: field('Who'), Created: field('Created'), Operation: field('Operation') };
  // What a destroy --from writes is not what synth writes.
  const line = place.folder.startsWith(path.join('cdktf.out', 'stacks')) ? fromSynth : commandLine;
  return `the state is locked by ${holderOf(lock, now)}. If that run is over and left its lock: ${line(place, 'force-unlock', id)}`;
}

/** What AWS says of something that a state lacks. */
const EXISTS = /already ?exist|AlreadyOwned|ResourceInUse|ResourceConflict/i;

function existing({ summary, address }: Diagnostic, place: Place): string | undefined {
  if (!address || !EXISTS.test(summary)) return undefined;
  const [type] = address.split('.');
  const [, name] = /^creating [^(]*\(([^)]+)\)/.exec(summary) ?? [];
  const [, uuid] = /UUID ([0-9a-f-]{36})/.exec(summary) ?? [];
  // The ID of a policy is its ARN, which Terraform does not print.
  const id = uuid ?? (type === 'aws_iam_policy' || type?.endsWith('_mapping') ? undefined : name);
  const remedy = id
    ? `if it is the one of this stack: ${commandLine(place, 'import', address, id)}`
    : 'if it is the one of this stack, import it: docs/repair.md has the ID';
  return `${address} exists in AWS and is not in the state; ${remedy} (${summary})`;
}

/** What the provider says where its credentials are of another account than the stack. */
function otherAccount({ summary, detail }: Diagnostic, { id, account }: Place): string | undefined {
  const [, used] = /AWS account ID not allowed: (\d{12})/.exec(`${summary}\n${detail}`) ?? [];
  if (!used) return undefined;
  return `the credentials are of the account ${used}, and ${id} belongs to ${account}; write the role that Terraform assumes there as accounts.<name>.deployRole: { arn: … }, or deploy this stack with credentials of ${account}`;
}

/**
 * Lambda reads a stream as the execution role before it creates the mapping. The provider tries again for five
 * minutes. Where AWS says which side refuses, only that one is named; the emulator does so.
 */
function refusedStream({ summary }: Diagnostic, { ofOthers = [], ...place }: Place) {
  const [, stream] = /Cannot access stream (\S+\d)/.exec(summary) ?? [];
  if (!stream) return undefined;
  const [, refusing] = /no (identity|resource)-based policy/.exec(summary) ?? [];
  const isMeant = ({ policy }: OfOthers) =>
    !refusing || policy === (refusing === 'identity' ? 'role' : 'stream');
  const remedies = ofOthers.filter(isMeant).map(({ policy, stack, output }) => {
    const folder = path.join(place.folder, '..', stack);
    return `${MUST_ADD[policy]}: ${commandLine({ ...place, folder }, 'output', '-raw', output)}`;
  });
  const propagated = 'policies take a while to be propagated: then repeat this';
  return `the function's role may not read ${stream} yet; ${[...remedies, propagated].join('; ')} (${summary})`;
}

const MUST_ADD = {
  stream:
    'the owner of the stream must add what this prints, to its policy and to that of a customer managed key',
  role: 'the owner of the role must give it what this prints',
} as const;

/** What may be missing where a mapping takes long; empty of what it does not concern. */
export function hint(line: string, { ofOthers = [] }: Pick<Stack, 'ofOthers'>): string {
  const isMapping = /^aws_lambda_event_source_mapping\S* is being added/.test(line);
  if (!isMapping || ofOthers.length === 0) return '';
  const outputs = ofOthers.map(({ output }) => output).join(' or ');
  return `: others may not have added ${outputs} yet`;
}

function protectedTable({ summary, detail }: Diagnostic): string | undefined {
  const [, table] = /Resource (\S*aws_dynamodb_table\.\S+) has lifecycle/.exec(detail) ?? [];
  if (summary !== 'Instance cannot be destroyed' || !table) return undefined;
  return `${table} would be destroyed, and deletionProtection: true (the default) protects it. To destroy it with its items: write deletionProtection: false for this producer, deploy that, then repeat this`;
}

/**
 * What DynamoDB and KMS say of a principal that IAM does not have, or not yet.
 *
 * @see https://github.com/hashicorp/terraform-provider-aws/issues/42933
 */
function noRole({ summary, detail, address }: Diagnostic): string | undefined {
  const [, said] =
    /(\w+Exception: .*invalid principals?\b.*?)\.?$/im.exec(`${summary}\n${detail}`) ?? [];
  if (!said) return undefined;
  return `${address} names a role that does not exist, or that was created seconds ago: deploy again when it exists; or write streamPolicy: { principal: account } for this producer, which waits for no role, only for its account (${said})`;
}

/** What `terraform init` says. */
function noBucket({ summary }: Diagnostic): string | undefined {
  const [, bucket] = /S3 bucket "(.+?)" does not exist/.exec(summary) ?? [];
  if (!bucket) return undefined;
  return `the bucket ${bucket} (state.bucket) does not exist: create it as step 3 of docs/first-deploy.md does, or with state.manage: true as docs/state.md says`;
}

function firstParagraph(text: string): string {
  return (text.split('\n\n')[0] ?? '').replaceAll(/\s*\n\s*/g, ' ').trim();
}

/** Errors of `terraform init`, without the frame that Terraform draws around them. */
export function plain(text: string): string {
  return text
    .replaceAll(/^[╷│╵] ?/gm, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/^.*?\bError: /, '')
    .trim();
}
