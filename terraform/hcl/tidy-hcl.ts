import { format } from '@cdktf/hcl-tools';
import { REQUIRED_VERSION } from '../version';
import { arrangeHcl } from './arrange-hcl';
import { commentHcl } from './comment-hcl';
import { expandJsonencode } from './expand-jsonencode';
import { heredocs } from './heredocs';

/**
 * cdktf's HCL, changed so that `terraform fmt` leaves it alone and `terraform validate` does not warn, with comments.
 * Its indentation distinguishes what is replaced from the user's own text.
 */
export async function tidyHcl(hcl: string): Promise<string> {
  const tidy = (await format(hcl))
    // cdktf writes the names of settings it does not know in place of their values.
    .replace(/^ {2}\d+ += "required_version"$/m, `  required_version = "${REQUIRED_VERSION}"`)
    // References are not strings: providers and dependencies …
    .replaceAll(/^( {2}provider +=) "([\w.]+)"$/gm, '$1 $2')
    .replaceAll(
      /^( {2}depends_on = \[| {4}ignore_changes = \[)([^\]]*)\]/gm,
      (_, start, list) => `${start}${list.replaceAll('"', '')}]`,
    )
    // … and strings that are one interpolation and nothing else.
    .replaceAll(/"\$\{([^"{}]*(?:"[^"{}]*"[^"{}]*)*)\}"(,?)$/gm, '$1$2')
    // … and documents that are one expression, over as many lines as they need.
    .replaceAll(
      /^( *\w+ += )"\$\{((?:format|jsonencode)\(.*\))\}"$/gm,
      (_, attribute, expression) => expandJsonencode(`${attribute}${expression}`),
    )
    // Conditions are blocks, not lists of objects.
    .replaceAll(
      /^( {4})((?:pre|post)condition) = \[\n([\s\S]*?)^\1\]$/gm,
      (_, indent, name, items) =>
        items
          .replaceAll(/^ {6}\{$/gm, `${indent}${name} {`)
          .replaceAll(/^ {6}\},?$/gm, `${indent}}`)
          .trimEnd(),
    )
    // Providers by their full source, source first.
    .replace(/^ {2}required_providers \{\n[\s\S]*?^ {2}\}$/m, (providers) =>
      providers.replaceAll(
        /^( {6}version = .*)\n {6}source += "(?:hashicorp\/)?(\w+)"$/gm,
        '      source  = "hashicorp/$2"\n$1',
      ),
    )
    // Keys of maps that would be read as something else.
    .replaceAll(/^( *)(for|-[\w-]*)( +=)/gm, '$1"$2"$3');
  return format(commentHcl(heredocs(await format(arrangeHcl(await format(tidy))))));
}
