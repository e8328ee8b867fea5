import { TAGS } from '../../topology/limits';
import { producerAccounts } from '../../topology/names';
import type { Report } from '../../topology/problem';
import type { Tags } from '../../topology/schema/tags';
import {
  type Account,
  at,
  type CheckOf,
  type Consumer,
  type Declared,
  type Producer,
} from './declared';

/** Tags that the resources have as well, where the same key is not written again. */
interface Level {
  readonly place: string;
  readonly tags: Tags;
}

export const topologyTags = ({ tags }: Declared, report: Report) => checkTags(tags, [[]], report);

export const accountTags: CheckOf<Account> = ({ tags }, report, topology) =>
  checkTags(tags, [[{ place: 'tags', tags: topology.tags }]], report);

export const ownTags: CheckOf<Consumer | Producer> = (owner, report, { tags, accounts }) => {
  const levels = producerAccounts(owner).map(({ account }) => [
    { place: 'tags', tags },
    { place: `accounts.${account}.tags`, tags: at(accounts, account)?.tags ?? {} },
  ]);
  checkTags(owner.tags, levels, report);
};

/** @param stacks the levels above, once for each stack */
function checkTags(own: Tags = {}, stacks: readonly (readonly Level[])[], report: Report): void {
  const { count, keyLength, valueLength } = TAGS;
  if (Object.keys(own).length === 0) return;
  const full = stacks.find((levels) => {
    const all = [own, ...levels.map(({ tags }) => tags)].flatMap(Object.keys);
    return new Set(all).size >= count;
  });
  if (full) {
    const others = full.map(({ place }) => place).join(' and ');
    const together = others && ` together with ${others}`;
    const message = `must be at most ${count - 1} tags${together}, since Topology is one of the ${count} AWS allows`;
    report(['tags'], message);
  }
  const above = stacks
    .flat()
    .flatMap(({ place, tags }) => Object.keys(tags).map((key) => ({ place, key })));
  const seen = new Set(['topology']);
  for (const [key, value] of Object.entries(own)) {
    const refuse = (message: string) => report(['tags', key], message, value);
    const lower = key.toLowerCase();
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+@-]+$/u.test(key) || key.length > keyLength.max) {
      refuse(`must have a key of 1 to ${keyLength.max} letters, digits, spaces and _.:/=+-@`);
    }
    if (/^aws:/i.test(key)) refuse('must not begin with aws:, which AWS reserves');
    if (value.length > valueLength.max) refuse(`must be at most ${valueLength.max} characters`);
    if (seen.has(lower)) {
      refuse('must be another key: a tag above or the tag Topology has it, and IAM ignores case');
    }
    seen.add(lower);
    const other = above.find((each) => each.key !== key && each.key.toLowerCase() === lower);
    if (other) {
      refuse(`must have the key ${other.key}, as in ${other.place}, or another: IAM ignores case`);
    }
  }
}
