import { visible } from '../../topology/unicode';
import type { Edge, Graph } from '../model';

/** Pixels: a window of 390 shows the whole width. */
const WIDTH = 356;
/** Left of the boxes, for the arrows. */
const MARGIN = 40;
const GAP = 12;
const PADDING = 8;
const LINE_HEIGHT = 16;

/** Characters of a line; the font has a fixed width. */
const LINE_LENGTH = 38;

/** The middle of the left side of each box. */
type Places = Map<string, { x: number; y: number }>;

/** The picture as SVG, from top to bottom; the page gives it its colours. */
export function writeSvg({ groups, edges }: Graph): string {
  const places: Places = new Map();
  let y = 0;
  const boxes = groups.flatMap(({ title, nodes }) => {
    const top = y;
    y += heightOf([title]);
    const inner = nodes.map(({ id, shape, label }) => {
      const height = heightOf(label);
      const drawn = box(shape, MARGIN + PADDING, y, height, label);
      places.set(id, { x: MARGIN + PADDING, y: y + height / 2 });
      y += height + GAP;
      return drawn;
    });
    y += GAP;
    return [box('account', MARGIN, top, y - top - GAP, [title]), ...inner];
  });
  const arrows = edges.map((edge) => arrow(edge, places));
  return `<svg viewBox="0 -1 ${WIDTH} ${y}" width="${WIDTH}" role="img" aria-label="Accounts, tables, functions and the arrows between them">${[...boxes, ...arrows].join('\n')}</svg>\n`;
}

function heightOf(lines: readonly string[]): number {
  return lines.flatMap(wrapped).length * LINE_HEIGHT + 2 * PADDING;
}

function wrapped(line: string): string[] {
  return line.match(new RegExp(`.{1,${LINE_LENGTH}}`, 'gsu')) ?? [];
}

/** As wide as the picture but for the same space at both sides. */
function box(kind: string, x: number, y: number, height: number, lines: readonly string[]): string {
  const spans = lines.flatMap(wrapped).map((line, index) => {
    const baseline = y + PADDING + (index + 0.75) * LINE_HEIGHT;
    return `<tspan x="${x + PADDING}" y="${baseline}">${escapeHtml(line)}</tspan>`;
  });
  const width = WIDTH + MARGIN - 2 * x - 1;
  return `<g class="${kind}"><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/><text>${spans.join('')}</text></g>`;
}

/** From the left side of a box to that of another; the further, the wider. */
function arrow({ from, to, kind }: Edge, places: Places): string {
  const [start, end] = [places.get(from.id), places.get(to.id)];
  if (!start || !end) return '';
  const bend = start.x - Math.min(MARGIN + PADDING, 16 + Math.abs(end.y - start.y) / 10);
  const curve = `M${start.x} ${start.y}C${bend} ${start.y} ${bend} ${end.y} ${end.x - 7} ${end.y}`;
  return `<g class="${kind}"><path class="line" d="${curve}"/><path class="head" d="M${end.x} ${end.y}l-8-4v8z"/></g>`;
}

/** Text as it is, in HTML, SVG and their attributes. */
export function escapeHtml(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
