import { createHash } from 'node:crypto';

export const identifier = (text: string) => text.replaceAll(/\W/g, '_');

/**
 * Things with ids for their addresses. Where names differ in punctuation or letters beyond ASCII only, an id has a hash
 * of its name, so that it does not depend on the order of the list.
 */
export function identified<T>(things: readonly T[], nameOf: (thing: T) => string): [string, T][] {
  const ids = things.map((thing) => identifier(nameOf(thing)));
  return things.map((thing) => {
    const name = nameOf(thing);
    const id = identifier(name);
    const isTaken = id !== name && ids.indexOf(id) !== ids.lastIndexOf(id);
    return [isTaken ? `${id}_${shortHash(name)}` : id, thing];
  });
}

const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8);
