import { matches } from '../policies/conditions';
import type { Statement } from '../policies/statement';
import { inText } from '../review/access/evaluate';
import type { Grant } from '../review/access/grants';
import { type Intent, isService } from '../review/access/intent';
import { type AccessTarget, type Asker, inWords } from '../review/access/model';

/** Actions on a target that are refused for one reason. */
export interface Refused {
  readonly principal: Asker;
  readonly target: AccessTarget;
  readonly actions: string[];
  /** What of the target is asked for, in words. */
  readonly part?: string;
  /** The policy that makes it so, as the review has it. */
  readonly by: string;
}

export const isOfResource = ({ by }: Pick<Refused, 'by'>) => by.startsWith('resource policy');

/** The statement that would allow it, as the topology means it; none where another one denies it. */
export function missingStatement(refused: Refused, intent: Intent): Statement | undefined {
  if (!/: (no statement|there is none)$/.test(refused.by)) return undefined;
  return isOfResource(refused) ? inResource(refused, intent) : inRole(refused, intent);
}

function inRole({ principal, target, actions, part }: Refused, intent: Intent): Statement {
  const grants = intent
    .ofRole(principal.arn)
    .filter((grant) => grant.on && inWords(grant.on) === inWords(target))
    .filter((grant) => grantsSome(grant, actions));
  const meant = grants.find((grant) => grant.part === part) ?? grants[0];
  const resources = meant ? [...meant.resources] : [`${target.arn}/*`];
  return { actions, resources, condition: meant?.conditions };
}

function inResource({ principal, target, actions }: Refused, intent: Intent): Statement {
  const { arn, account } = principal;
  const names = ({ principals }: Grant) =>
    principals.find((name) => name === arn || name.endsWith(`:${account}:root`));
  const meant = intent.ofTarget(target).find((grant) => names(grant) && grantsSome(grant, actions));
  const identifier = (meant && names(meant)) ?? arn;
  return {
    principals: [{ type: isService(arn) ? 'Service' : 'AWS', identifiers: [identifier] }],
    actions,
    resources: resourcesOf(target),
    condition: meant?.conditions,
  };
}

/** Such as `Allow s3:PutObject on arn:aws:s3:::bucket/* where StringEquals s3:ResourceAccount = 111122223333`. */
export function statementInWords({ principals, actions, resources, condition }: Statement): string {
  const on = resources ? ` on ${resources.join(', ')}` : '';
  const to = principals
    ? ` to ${principals.flatMap(({ identifiers }) => identifiers).join(', ')}`
    : '';
  return `Allow ${actions.join(', ')}${on}${to}${inText(condition ?? [])}`;
}

/** The policy of a key names nothing but itself, and that of a role no resource. */
function resourcesOf({ kind, arn }: AccessTarget): string[] | undefined {
  if (kind === 'role') return undefined;
  return [kind === 'key' ? '*' : arn];
}

function grantsSome(grant: Grant, actions: readonly string[]): boolean {
  return grant.actions.some((pattern) => actions.some((action) => matches(pattern, action)));
}
