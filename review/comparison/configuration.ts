import diff from 'microdiff';
import { parseDocument } from 'yaml';
import { few } from '../lists';
import { addressOf } from '../read/stacks';

/**
 * Where a `cdk.tf.json` differs from another, as ` at <addresses and attributes>`. Values are left out, since they
 * can be secret. Empty where the same values are written in other bytes, and where the other is not JSON.
 */
export function configurationDifferences(expected: string, found: string): string {
  try {
    const all = diff(JSON.parse(expected), JSON.parse(found), { cyclesFix: false });
    const places = [...repeatedKeys(found), ...all.map((each) => addressOf(each.path))];
    return places.length > 0 ? ` at ${few(places)}` : '';
  } catch {
    return '';
  }
}

/** Terraform takes both values of a key that appears twice, and `JSON.parse` the last. */
function repeatedKeys(text: string): string[] {
  const { errors } = parseDocument(text, { schema: 'json', prettyErrors: false });
  const repeated = errors.find(({ code }) => code === 'DUPLICATE_KEY');
  if (!repeated) return [];
  return [`line ${text.slice(0, repeated.pos[0]).split('\n').length}, where a key is repeated`];
}
