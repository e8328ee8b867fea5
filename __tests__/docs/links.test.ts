import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { linksIn } from '../helpers/markdown';

const DOCS = readdirSync('docs')
  .filter((file) => file.endsWith('.md'))
  .map((file) => `docs/${file}`);
const PICTURES = readdirSync('docs/images').map((file) => `docs/images/${file}`);
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

test.each(PICTURES)('%s is in the README and on a page, and has at most 150 KB', (picture) => {
  const pages = PAGES.filter((page) =>
    linksOf(page).some((link) => path.join(path.dirname(page), link) === picture),
  );
  expect(pages).toEqual(['README.md', expect.stringMatching(/^docs\/.*\.md$/)]);
  expect(statSync(picture).size).toBeLessThanOrEqual(150_000);
});

test.each(PAGES)('%s has at most 1,200 words, the README 1,100', (page) => {
  const words = readFileSync(page, 'utf8').split(/\s+/).filter(Boolean);
  expect(words.length).toBeLessThanOrEqual(page === 'README.md' ? 1_100 : 1_200);
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
