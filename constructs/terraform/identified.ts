/**
 * Things with ids for their addresses. Texts that differ in punctuation only have their place in the list as well.
 *
 * @param text what names a thing
 */
export function identified<T>(
  things: readonly T[],
  text: (thing: T) => string,
): [id: string, thing: T][] {
  const ids = things.map((thing) => text(thing).replaceAll(/\W/g, '_'));
  return things.map((thing, index) => {
    const id = `${ids[index]}`;
    return [ids.indexOf(id) < index ? `${id}_${index + 1}` : id, thing];
  });
}
