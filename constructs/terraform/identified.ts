export const identifier = (text: string) => text.replaceAll(/\W/g, '_');

/** Things with ids for their addresses. Names that differ in punctuation only have their place in the list as well. */
export function identified<T>(things: readonly T[], nameOf: (thing: T) => string): [string, T][] {
  const ids = things.map((thing) => identifier(nameOf(thing)));
  return ids.map((id, index) => {
    return [ids.indexOf(id) < index ? `${id}_${index + 1}` : id, things[index] as T];
  });
}
