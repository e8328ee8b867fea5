/**
 * Takes the pictures in docs/images/ of what the commands print:
 *
 *     CHROMIUM=<Chromium or Chrome> node maintenance/screenshots.mjs
 *
 * On Linux, in a repository whose changes are committed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withPalette } from './palette.mjs';

const { CHROMIUM } = process.env;
if (!CHROMIUM) throw new Error('CHROMIUM must name a Chromium or Chrome');

const project = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'screenshots-'));
const clone = path.join(folder, 'clone');
process.once('exit', () => rmSync(folder, { recursive: true }));
execFileSync('git', ['clone', '--quiet', project, clone]);
symlinkSync(path.join(project, 'node_modules'), path.join(clone, 'node_modules'));

function run(program, ...args) {
  return execFileSync(program, args, { cwd: clone, encoding: 'utf8' });
}

/** The report of a table whose stream gets another view type. */
function review() {
  const file = path.join(clone, 'topologies', 'orders.yaml');
  const after = readFileSync(file, 'utf8');
  const before = after.replace(/^( *)partitionKey: .*\n/m, '$&$1streamViewType: KEYS_ONLY\n');
  writeFileSync(file, before);
  const author = ['-c', 'user.name=A reader', '-c', 'user.email=reader@example.com'];
  run('git', ...author, 'commit', '--quiet', '--all', '--message', 'before');
  writeFileSync(file, after);
  run('npm', 'run', 'review', '--', '--against', 'HEAD');
  return path.join(clone, 'review.out', 'review.html');
}

/** What a terminal shows. */
function terminal(command) {
  const sized = `stty cols 150; ${command}`;
  const printed = run('script', '--quiet', '--return', '--command', sized, '/dev/null');
  const page = path.join(folder, 'terminal.html');
  const style = 'margin: 12px 16px; background: #16181d; color: #d8dce3; font: 13px/1.5 monospace';
  const text = `$ ${command.replace(' --silent', '')}\n${printed.replaceAll('\r', '')}`;
  writeFileSync(page, `<meta charset="utf-8"><body style="${style}"><pre>${inColour(text)}</pre>`);
  return page;
}

/** Styles by the codes of a terminal that begin them. */
const STYLES = {
  1: 'font-weight: bold',
  2: 'opacity: 0.65',
  31: 'color: #f47174',
  32: 'color: #7ec98f',
  33: 'color: #e5c07b',
  34: 'color: #79b8ff',
  35: 'color: #c792ea',
  36: 'color: #6fc3d0',
};

function inColour(text) {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what begins a terminal's codes
  return escaped.replaceAll(/\u001b\[(\d+)m/g, (_, code) =>
    code in STYLES ? `<span style="${STYLES[code]}">` : '</span>',
  );
}

/** Of the upper left corner of a page, at most 150 KB. */
function picture(name, page, width, height) {
  const file = path.join(project, 'docs', 'images', `${name}.png`);
  execFileSync(
    CHROMIUM,
    [
      '--headless',
      '--no-sandbox', // the page is ours, and root has no sandbox
      '--hide-scrollbars',
      `--window-size=${width},${height}`,
      `--screenshot=${file}`,
      pathToFileURL(page).href,
    ],
    { stdio: 'pipe' },
  );
  const smaller = withPalette(readFileSync(file));
  writeFileSync(file, smaller);
  if (smaller.length > 150_000) throw new Error(`${file} has ${smaller.length} bytes`);
}

picture('review', review(), 1000, 1630);
picture('local', terminal('npm run --silent local'), 1200, 1080);
