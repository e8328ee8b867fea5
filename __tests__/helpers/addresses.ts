import diff, { type Difference } from 'microdiff';
import { consequence } from '../../review/changes/replacements';
import type { StackJson } from './synth-app';

/**
 * By stack and address, the attributes whose change replaces what is deployed. What has another address is
 * destroyed under the old one.
 */
export type Addresses = Record<string, Record<string, Attributes>>;

type Attributes = Record<string, string>;

export function addressesOf(stacks: ReadonlyMap<string, StackJson>): Addresses {
  return Object.fromEntries([...stacks].map(([id, json]) => [id, addressesIn(json)]));
}

function addressesIn({ terraform, resource = {}, data = {}, output = {} }: StackJson) {
  const { backend } = terraform as { backend?: { s3?: object } };
  const state = Object.entries({ ...backend?.s3 }).map(([key, value]) => [
    `backend.s3.${key}`,
    value,
  ]);
  return {
    terraform: replacing('terraform', Object.fromEntries(state)),
    ...named(resource, (type, name, block) => [`${type}.${name}`, replacing(type, block)]),
    ...named(data, (type, name) => [`data.${type}.${name}`, {}]),
    ...named({ output }, (_, name) => [`output.${name}`, {}]),
  };
}

function named(
  blocks: NonNullable<StackJson['resource']>,
  entry: (type: string, name: string, block: object) => [string, Attributes],
): Record<string, Attributes> {
  return Object.fromEntries(
    Object.entries(blocks).flatMap(([type, all]) =>
      Object.entries(all).map(([name, block]) => entry(type, name, block)),
    ),
  );
}

function replacing(type: string, block: object): Attributes {
  const attributes = Object.entries(block).filter(
    ([attribute]) => consequence({ type, attribute }) !== '',
  );
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.fromEntries(attributes.map(([name, value]) => [name, text(value)]));
}

/** What differs from the last release, and is not announced with its stack, or its address and attribute. */
export function unannounced(released: Addresses, now: Addresses, changelog: string): string[] {
  const announced = announcementsIn(changelog);
  return diff(released, now).flatMap((change) => {
    const [stack = '', ...place] = change.path.map(String);
    const names = (place.length > 0 ? place : [stack]).map((name) => `\`${name}\``);
    const isAnnounced = announced.some((item) => names.every((name) => item.includes(name)));
    return isAnnounced ? [] : [`${stack}: ${names.join(' ')} ${inWords(change)}`];
  });
}

function inWords(change: Difference): string {
  if (change.type === 'CREATE') return 'is new';
  if (change.type === 'REMOVE') return 'is gone';
  return `was ${change.oldValue}, is ${change.value}`;
}

/** The items of the list under "What your plan will show", of what is not released yet. */
function announcementsIn(changelog: string): string[] {
  const section = (text: string, level: string, title: string) =>
    text.split(new RegExp(`^${level} `, 'm')).find((part) => part.startsWith(`${title}\n`)) ?? '';
  const unreleased = section(changelog, '##', 'Unreleased');
  return section(unreleased, '###', 'What your plan will show').split(/^- /m).slice(1);
}
