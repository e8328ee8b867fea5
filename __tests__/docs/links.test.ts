import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { scripts } from '../../package.json';
import { linksIn } from '../helpers/markdown';

const DOCS = readdirSync('docs').map((file) => `docs/${file}`);
const PAGES = ['README.md', 'SECURITY.md', ...DOCS];

test.each(PAGES)('every link of %s leads to a file and a heading', (page) => {
  expect(linksOf(page).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
});

test('every page is reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    for (const link of linksOf(page)) {
      const target = path.join(path.dirname(page), link.replace(/#.*/, ''));
      if (PAGES.includes(target)) reached.add(target);
    }
  }
  expect([...reached].sort()).toEqual([...PAGES].sort());
});

test.each(PAGES)('%s has at most 1,200 words, the README 1,100', (page) => {
  const words = readFileSync(page, 'utf8').split(/\s+/).filter(Boolean);
  expect(words.length).toBeLessThanOrEqual(page === 'README.md' ? 1_100 : 1_200);
});

test('every command of README, SECURITY and docs is in the list of commands', () => {
  const named = PAGES.flatMap((page) =>
    [
      ...readFileSync(page, 'utf8').matchAll(/\bnpm run (?:--silent )?([a-z][a-z0-9:]*[a-z0-9])/g),
    ].map(([, name]) => name),
  );
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
});

/** Links of a page to files of the project. */
function linksOf(page: string): string[] {
  return linksIn(readFileSync(page, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, ''))
    .map(({ target }) => target)
    .filter((target) => !/^https?:/.test(target));
}

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
