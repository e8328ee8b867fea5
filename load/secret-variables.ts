import type { Problem } from '../topology/problem';
import { makesFunction, type ResolvedTopology } from '../topology/resolve';

/** A word for something secret that ends a part of a name, such as `DB_PASSWORD`, `dbPassword` or `APIKEY_OLD`. */
const SECRET =
  /(?:(?:^|_)PASS|PASSWORDS?|PASSWD|PWD|PASSPHRASE|SECRETS?|TOKEN|CREDENTIALS?|CONNECTION_?STRING|(?:API|AUTH|PRIVATE|ACCESS|SIGNING|ENCRYPTION|MASTER|HMAC|SSH)_?KEYS?)(?:_|$)/;

/** What a name ends with that says where a secret is, or something about it. */
const ABOUT = /_(?:ARN|NAME|ID|URL|URI|PATH|FILE|PREFIX|ENDPOINT|TYPE|HEADER|LENGTH|LIMIT|TTL)$/;

/**
 * Environment variables whose names look like secrets. A state object has them as they are, and so have
 * the synthesized stacks. Their values are not shown.
 */
export function secretVariables({ consumers }: ResolvedTopology): Problem[] {
  return consumers
    .filter(makesFunction)
    .flatMap(({ name: consumer, stackId, function: { environment } }) =>
      Object.entries(environment)
        .filter(([name, value]) => looksSecret(name) && value !== '' && !value.startsWith('arn:'))
        .map(([name]) => ({
          path: ['consumers', consumer, 'function', 'environment', name],
          message: `looks like a secret, which everyone sees who may read the state of ${stackId} or the synthesized stacks; keep it in Secrets Manager or in an SSM parameter, let the function read it at run time, and give its place in ${name}_ARN or ${name}_NAME`,
        })),
    );
}

function looksSecret(name: string): boolean {
  const words = name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase();
  return SECRET.test(words) && !ABOUT.test(words);
}
