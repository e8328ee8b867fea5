/** Blocks that a file begins and ends with; what is between them stays in order. */
const FILE = { first: ['terraform', 'provider'], last: ['output'] };

/**
 * The same of a block: attributes before blocks, and of both first what says which one it is.
 *
 * @see https://developer.hashicorp.com/terraform/language/style#resource-order
 */
const BLOCK = {
  first: [
    ...['provider', 'alias', 'required_version'],
    ...['name', 'function_name', 'alarm_name', 'dashboard_name', 'bucket', 'event_source_arn'],
    ...['description', 'alarm_description'],
    ...['sid', 'effect', 'type', 'test', 'variable'],
    ...['filter', 'principals'],
  ],
  last: ['provisioner', 'lifecycle', 'depends_on'],
};

/** Attributes with an empty line around them, since they are Terraform's own. */
const APART = ['provider', 'depends_on'];

/** An attribute or a block, by its lines. */
type Item = readonly string[];

/**
 * HCL in the order and with the empty lines that a person would give it; cdktf writes the attributes
 * of a block by the alphabet, and its blocks close together.
 *
 * @param hcl formatted; its indentation says where an item ends
 */
export function arrangeHcl(hcl: string): string {
  return `${join(arrange(items(hcl.trim().split('\n')), FILE).map(tidyItem))}\n`;
}

/** The items of a file or a block. Their first lines are all indented alike. */
function items(lines: readonly string[]): Item[] {
  const found: string[][] = [];
  let end: RegExp | undefined;
  let endOfText: RegExp | undefined;
  for (const line of lines) {
    if (end ?? endOfText) found.at(-1)?.push(line);
    else if (line !== '') found.push([line]);

    if (endOfText) {
      if (endOfText.test(line)) endOfText = undefined;
      continue;
    }
    const [, marker] = /<<[-~]?(\w+)$/.exec(line) ?? [];
    if (marker) endOfText = new RegExp(`^ *${marker}$`);
    if (end?.test(line)) end = undefined;
    else if (!end) end = endOf(line);
  }
  return found;
}

/** What ends an item that is open after its first line. */
function endOf(line: string): RegExp | undefined {
  const [, indent] = /^( *).*[{[(]$/.exec(line) ?? [];
  return indent === undefined ? undefined : new RegExp(`^${indent}[\\]})]`);
}

function arrange(unordered: readonly Item[], { first, last }: typeof FILE): Item[] {
  const rank = (item: Item) => {
    const name = nameOf(item);
    if (last.includes(name)) return [2, last.indexOf(name)] as const;
    const place = first.indexOf(name);
    return [isBlock(item) ? 1 : 0, place === -1 ? first.length : place] as const;
  };
  return unordered.toSorted((a, b) => {
    const [[group, place], [otherGroup, otherPlace]] = [rank(a), rank(b)];
    return group - otherGroup || place - otherPlace;
  });
}

const nameOf = ([head = '']: Item) => /[^ ]+/.exec(head)?.[0] ?? '';

const isBlock = ([head = '']: Item) => /^ *[\w-]+( "[^"]*")* \{\}?$/.test(head);

function tidyItem(item: Item): Item {
  const [head = '', ...rest] = item;
  if (!isBlock(item)) return tidyList(item);
  if (item.length === 1) return item;
  const body = arrange(items(rest.slice(0, -1)), BLOCK).map(tidyItem);
  return body.length === 0 ? [`${head}}`] : [head, join(body), rest.at(-1) ?? ''];
}

/** A list of one on one line; a comma after the last item of any other. */
function tidyList(item: Item): Item {
  if (!item[0]?.endsWith(' = [')) return item;
  const { length } = item;
  const [head = '', only = '', end = ''] = item;
  if (length === 2) return [`${head}]`];
  if (length === 3) return [`${head}${only.trim().replace(/,$/, '')}${end.trim()}`];
  return item.map((line, index) => (index === length - 2 ? line.replace(/,?$/, ',') : line));
}

function join(arranged: readonly Item[]): string {
  return arranged
    .map((item, index) => {
      const before = arranged[index - 1];
      const apart = before !== undefined && [before, item].some(isApart);
      return `${apart ? '\n' : ''}${item.join('\n')}`;
    })
    .join('\n');
}

const isApart = (item: Item) => isBlock(item) || APART.includes(nameOf(item));
