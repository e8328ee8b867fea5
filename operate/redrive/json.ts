/**
 * Levels of lists and objects in a failed batch: DynamoDB nests 32 levels of values, of two levels of JSON each, in
 * the images of a record; the rest is Lambda's.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const DEPTH = 100;

/** In place of what is nested more deeply than any failed batch: a walk over it could overflow the stack. */
export const TOO_DEEP = Symbol('too deep');

/** @returns the value, `TOO_DEEP`, or `undefined` if the text is not JSON */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) return TOO_DEEP;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Looks at the text, since the parser itself would need memory for each level. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (character === '\\') index += 1;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > DEPTH) return true;
  }
  return false;
}
