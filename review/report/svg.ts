import type { Edge, Graph, Node } from '../model';
import { escapeHtml } from './escape-html';

/** Pixels. */
const NODE_WIDTH = 224;
const COLUMN_GAP = 56;
const ROW_GAP = 14;
const PADDING = 10;
const LINE_HEIGHT = 16;

/** Characters of a line in a node; the font has a fixed width. */
const LINE_LENGTH = 28;

/** Columns of a wide picture; a narrow one has one, in the same order. */
const COLUMNS = { table: 0, mapping: 1, role: 1, function: 2, target: 3 } as const;
const LANES = { producer: ['table', 'table'], consumer: ['mapping', 'target'] } as const;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The picture as SVG, from left to right for a wide window and from top to bottom for a narrow one. The page
 * shows one of them, and gives both their colours.
 */
export function writeSvg(graph: Graph): string {
  return `${drawn(graph, 'wide')}${drawn(graph, 'narrow')}`;
}

function drawn({ groups, edges }: Graph, direction: 'wide' | 'narrow'): string {
  const columnOf = (shape: Node['shape']) => (direction === 'wide' ? COLUMNS[shape] : 0);
  const left = (shape: Node['shape']) =>
    COLUMN_GAP / 2 + columnOf(shape) * (NODE_WIDTH + COLUMN_GAP);
  const bottoms = { producer: 0, consumer: 0 };
  const places = new Map<string, Box>();
  const parts = groups.flatMap(({ title, kind, nodes }) => {
    const lane = direction === 'wide' ? kind : 'producer';
    const top = bottoms[lane] + heightOf(title);
    const ends = new Map<number, number>();
    const own = nodes
      .toSorted((a, b) => COLUMNS[a.shape] - COLUMNS[b.shape])
      .map(({ id, shape, label }) => {
        const y = ends.get(columnOf(shape)) ?? top;
        const box = { x: left(shape), y, width: NODE_WIDTH, height: heightOf(label) };
        places.set(id, box);
        ends.set(columnOf(shape), y + box.height + ROW_GAP);
        return rectangle(shape, box, label);
      });
    const [first, last] = LANES[kind];
    const x = left(first) - PADDING;
    const y = bottoms[lane];
    const width = left(last) + NODE_WIDTH + PADDING - x;
    bottoms[lane] = Math.max(top, ...ends.values()) + PADDING;
    const height = bottoms[lane] - ROW_GAP - y;
    return [rectangle(kind, { x, y, width, height }, title), ...own];
  });
  const width = left('target') + NODE_WIDTH + COLUMN_GAP / 2;
  const height = Math.max(...Object.values(bottoms));
  const arrows = edges.map((edge) => arrow(edge, places, direction));
  return `<svg class="${direction}" viewBox="0 -1 ${width} ${height}" width="${width}" role="img" aria-label="Accounts, tables, functions and the arrows between them">${[...parts, ...arrows].join('\n')}</svg>\n`;
}

function heightOf(lines: readonly string[]): number {
  return lines.flatMap(wrapped).length * LINE_HEIGHT + 2 * PADDING;
}

function wrapped(line: string): string[] {
  return line.match(new RegExp(`.{1,${LINE_LENGTH}}`, 'gsu')) ?? [];
}

function rectangle(kind: string, { x, y, width, height }: Box, lines: readonly string[]): string {
  const spans = lines.flatMap(wrapped).map((line, index) => {
    const baseline = y + PADDING + (index + 0.75) * LINE_HEIGHT;
    return `<tspan x="${x + PADDING}" y="${baseline}">${escapeHtml(line)}</tspan>`;
  });
  return `<g class="${kind}"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/><text>${spans.join('')}</text></g>`;
}

/** Ends at the left side of a node; begins at the right side, or in a narrow picture at the left. */
function arrow({ from, to, kind }: Edge, places: Map<string, Box>, direction: string): string {
  const [start, end] = [places.get(from), places.get(to)];
  if (!start || !end) return '';
  const [x1, out] = direction === 'wide' ? [start.x + start.width, 1] : [start.x, -1];
  const [y1, y2] = [start, end].map(({ y, height }) => y + height / 2);
  const bend = COLUMN_GAP / 2;
  const curve = `M${x1} ${y1}C${x1 + out * bend} ${y1} ${end.x - bend} ${y2} ${end.x - 7} ${y2}`;
  return `<g class="${kind}"><path class="line" d="${curve}"/><path class="head" d="M${end.x} ${y2}l-8-4v8z"/></g>`;
}
