import { Graphviz } from '@hpcc-js/wasm-graphviz';

/** Lays out a picture with Graphviz. */
export async function layOut(dot: string): Promise<string> {
  const graphviz = await Graphviz.load();
  return `${graphviz.layout(dot, 'svg', 'dot').trim()}\n`;
}
