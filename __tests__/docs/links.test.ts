import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { linksIn } from '../helpers/markdown';

const PAGES = ['README.md', ...readdirSync('docs').map((file) => `docs/${file}`)];

test.each(PAGES)('every link of %s leads to a file and a heading', (page) => {
  const links = linksIn(readFileSync(page, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, ''))
    .map(({ target }) => target)
    .filter((target) => !/^https?:/.test(target));
  expect(links.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
});

function leadsSomewhere(page: string, link: string): boolean {
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? page : path.join(path.dirname(page), file);
  if (!existsSync(target)) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(page: string): string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
