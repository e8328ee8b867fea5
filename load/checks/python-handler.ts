import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Module } from './node-handler';

/** Code that can make names of a module in a way that is not looked into. */
const DYNAMIC =
  /\bimport\s*\*|\b(globals|locals|vars|setattr|exec|eval|__getattr__|__dict__)\b|\bsys\s*\.\s*modules\b/;

/** @see https://docs.python.org/3/reference/lexical_analysis.html */
const COMMENT_OR_STRING =
  /#[^\n]*|'''(?:\\[\s\S]|[^\\])*?'''|"""(?:\\[\s\S]|[^\\])*?"""|'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"/g;

/**
 * Why a Python module surely has no function of a name that Lambda can call; undefined if it may have one.
 * Whether the name is one of the top level is not looked into: there are too many ways to make it.
 */
export function pythonProblem({ directory, file, name }: Module): string | undefined {
  const source = readFileSync(path.join(directory, file), 'utf8');
  const code = source.replaceAll(/\r\n?/g, '\n').replaceAll(COMMENT_OR_STRING, '');
  if (DYNAMIC.test(code)) return undefined;
  const uses = code.match(new RegExp(`\\b${name}\\b`, 'g')) ?? [];
  if (uses.length === 0) {
    return `must name a function that ${file} defines; there is no ${name} in its code`;
  }
  const definition = `async\\s+def\\s+${name}\\b`;
  const isAsync = new RegExp(`^${definition}`, 'm').test(code);
  // Lines that begin with a bracket or a space belong to a decorator above them.
  const isDecorated = new RegExp(`^@(.*\\n(?=[@\\s)\\]}]|async\\b))+${definition}`, 'm').test(code);
  if (!isAsync || isDecorated || uses.length > 1) return undefined;
  return `must name a function that Lambda can call; ${name} in ${file} is async, and Lambda for Python does not await it: name a function that calls it with asyncio.run`;
}
