import type { Image } from '../lambda-src/runtime/stream-event';
import type { Branch, Demand } from '../load/checks/filters/agreement';
import { asked, canBe, textOf, type Value } from '../load/checks/filters/operators';
import type { KeyAttribute } from './table';

/** What items are named after: text, and where a number is needed, a number. */
export interface Name {
  readonly text: string;
  readonly number: number;
}

/** An item before it is changed, and after, as DynamoDB's JSON. */
export interface Versions {
  readonly before: Image;
  readonly after: Image;
}

/** Says in each item what it is for. */
const LABEL = 'Scene';

/**
 * An item of a table.
 *
 * @param demands what a filter asks of the key and of both images
 * @param attributes what it has besides
 */
export function itemFor(
  key: readonly KeyAttribute[],
  name: Name,
  demands: Branch = [],
  attributes: Image = {},
): Versions {
  const of = (field: string) =>
    demands.filter(({ field: [first, second] }) => first === 'dynamodb' && second === field);
  const [oldImage, newImage] = [of('OldImage'), of('NewImage')];
  // What is asked of one image alone holds for the other as well, so that more than one change passes.
  const before = oldImage.length > 0 ? oldImage : newImage;
  const after = newImage.length > 0 ? newImage : oldImage;
  const keys = Object.fromEntries(
    key.map(({ name: one, type }) => [one, { [type]: base(type, name) }]),
  );
  const imageOf = (label: string, asked: Branch) => {
    // The key first: of a table of others nobody knows it.
    const image: Tree = { ...keys, [LABEL]: { S: label }, ...attributes, ...keys };
    for (const demand of [...asked, ...of('Keys')]) set(image, demand, name);
    return image as Image;
  };
  return { before: imageOf(name.text, before), after: imageOf(`${name.text}, changed`, after) };
}

/** An image while it is built. */
type Tree = Record<string, unknown>;

/** Sets a value that a demand takes; it stays absent where that is what is asked. */
function set(image: Tree, { field, alternatives }: Demand, name: Name): void {
  const [attribute = '', ...types] = field.slice(2);
  const value = valueFor(alternatives, types.at(-1) ?? '', name);
  if (value !== undefined) image[attribute] = merged(image[attribute], types, value);
}

/** A value below its types, such as `M`, an attribute and `S`. */
function merged(present: unknown, [type = '', ...types]: readonly string[], value: Value): Tree {
  if (type === 'M') {
    const [attribute = '', ...rest] = types;
    const map: Tree = { ...Object(present).M };
    return { M: { ...map, [attribute]: merged(map[attribute], rest, value) } };
  }
  const others: readonly Value[] = Object(present)[type] ?? [];
  if (type === 'L') return { L: [...others, merged(undefined, types, value)] };
  return { [type]: type.length > 1 && type.endsWith('S') ? [...others, value] : value };
}

/** The first value made of a name that one of the alternatives takes. */
function valueFor(alternatives: readonly unknown[], type: string, name: Name): Value | undefined {
  const own = base(type.replace(/S$/, '') || 'S', name);
  for (const alternative of alternatives) {
    const [, operand] = asked(alternative);
    const part = textOf(operand);
    const values =
      typeof own === 'boolean' ? [true, false] : [own, `${part}${own}`, `${own}${part}`, part];
    const value = values.find((one) => canBe([alternative], one));
    if (value !== undefined) return value;
  }
  return undefined;
}

function base(type: string, { text, number }: Name): string | boolean {
  if (type === 'BOOL' || type === 'NULL') return true;
  if (type === 'N') return String(number);
  return type === 'B' ? Buffer.from(text).toString('base64') : text;
}
