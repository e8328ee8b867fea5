import type { Edge, Graph, Group, Node } from '../model';
import { escapeHtml } from './escape-html';

/** Pixels. */
const NODE_WIDTH = 224;
const LINE_HEIGHT = 16;
const PADDING = 10;
const COLUMN_GAP = 56;
const ROW_GAP = 14;

/** Characters of a line in a node; the font has a fixed width. */
const LINE_LENGTH = 28;

/** Columns of a wide picture. */
const COLUMNS: Readonly<Record<Node['shape'], number>> = {
  table: 0,
  mapping: 1,
  role: 1,
  function: 2,
  target: 3,
};

/**
 * The picture as SVG, from left to right for a wide window and from top to bottom for a narrow one. The page
 * shows one of them, and gives both their colours.
 */
export function writeSvg(graph: Graph): string {
  return `${drawn(graph, 'wide')}${drawn(graph, 'narrow')}`;
}

type Direction = 'wide' | 'narrow';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawn({ groups, edges }: Graph, direction: Direction): string {
  const lanes =
    direction === 'narrow'
      ? [groups]
      : (['producer', 'consumer'] as const).map((kind) =>
          groups.filter((group) => group.kind === kind),
        );
  const parts: string[] = [];
  const places = new Map<string, Box>();
  let x = direction === 'narrow' ? COLUMN_GAP / 2 : 0;
  let height = 0;
  for (const lane of lanes) {
    let y = 0;
    let width = 0;
    for (const group of lane) {
      const box = place(group, x, y, direction, places);
      parts.push(rectangle(box, group.kind), lines(group.title, box, 'title'));
      y += box.height + ROW_GAP;
      width = Math.max(width, box.width);
    }
    height = Math.max(height, y - ROW_GAP);
    x += width === 0 ? 0 : width + COLUMN_GAP;
  }
  for (const { nodes } of groups) {
    for (const { id, shape, label } of nodes) {
      const box = places.get(id);
      if (box) parts.push(rectangle(box, shape), lines(label, box, 'label'));
    }
  }
  const arrows = edges.map((edge) => arrow(edge, places, direction));
  return `<svg class="${direction}" viewBox="-1 -1 ${x - COLUMN_GAP + 2} ${height + 2}" width="${x - COLUMN_GAP + 2}" role="img" aria-label="Accounts, tables, functions and the arrows between them">${[...parts, ...arrows].join('\n')}</svg>\n`;
}

/** Gives each node of a group its place. */
function place(
  { title, nodes, kind }: Group,
  x: number,
  y: number,
  direction: Direction,
  places: Map<string, Box>,
): Box {
  const first = kind === 'producer' ? COLUMNS.table : COLUMNS.mapping;
  const columns = direction === 'wide' && kind === 'consumer' ? 3 : 1;
  const top = y + heightOf(title);
  const bottoms = Array.from({ length: columns }, () => top);
  const inOrder = nodes.toSorted((a, b) => COLUMNS[a.shape] - COLUMNS[b.shape]);
  for (const { id, shape, label } of inOrder) {
    const column = columns === 1 ? 0 : COLUMNS[shape] - first;
    const box = {
      x: x + PADDING + column * (NODE_WIDTH + COLUMN_GAP),
      y: bottoms[column] ?? top,
      width: NODE_WIDTH,
      height: heightOf(label),
    };
    places.set(id, box);
    bottoms[column] = box.y + box.height + ROW_GAP;
  }
  return {
    x,
    y,
    width: columns * NODE_WIDTH + (columns - 1) * COLUMN_GAP + 2 * PADDING,
    height: Math.max(...bottoms) - ROW_GAP + PADDING - y,
  };
}

function heightOf(texts: readonly string[]): number {
  return texts.flatMap(wrapped).length * LINE_HEIGHT + 2 * PADDING;
}

function wrapped(text: string): string[] {
  return text.match(new RegExp(`.{1,${LINE_LENGTH}}`, 'gsu')) ?? [];
}

function rectangle({ x, y, width, height }: Box, kind: string): string {
  return `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`;
}

function lines(texts: readonly string[], { x, y }: Box, kind: string): string {
  const spans = texts
    .flatMap(wrapped)
    .map((line, index) => {
      const baseline = y + PADDING + (index + 0.75) * LINE_HEIGHT;
      return `<tspan x="${x + PADDING}" y="${baseline}">${escapeHtml(line)}</tspan>`;
    })
    .join('');
  return `<text class="${kind}">${spans}</text>`;
}

/** Ends at the left side of a node; begins at the right side, or in a narrow picture at the left. */
function arrow({ from, to, kind }: Edge, places: Map<string, Box>, direction: Direction): string {
  const [start, end] = [places.get(from), places.get(to)];
  if (!start || !end) return '';
  const [x1, y1] = [start.x + (direction === 'wide' ? start.width : 0), middle(start)];
  const [x2, y2] = [end.x, middle(end)];
  const bend = COLUMN_GAP / 2;
  const out = direction === 'wide' ? x1 + bend : x1 - bend;
  const curve = `M${x1} ${y1}C${out} ${y1} ${x2 - bend} ${y2} ${x2 - 7} ${y2}`;
  return `<g class="${kind}"><path class="line" d="${curve}"/><path class="head" d="M${x2} ${y2}l-8-4v8z"/></g>`;
}

function middle({ y, height }: Box): number {
  return y + height / 2;
}
