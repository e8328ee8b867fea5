import { format } from '@cdktf/hcl-tools';
import { REQUIRED_VERSION } from '../stacks/terraform-version';

/**
 * HCL as cdktf writes it, made what `terraform fmt` would leave alone and `terraform validate` does
 * not warn about.
 */
export async function tidyHcl(hcl: string): Promise<string> {
  const tidy = hcl
    // cdktf writes the names of settings it does not know in place of their values.
    .replace(/^ *\d+ += "required_version"$/m, `required_version = "${REQUIRED_VERSION}"`)
    // References are not strings: providers and dependencies …
    .replaceAll(/^( *provider +=) "([\w.]+)"$/gm, '$1 $2')
    .replaceAll(
      /^( *depends_on = \[)([^\]]*)\]/gm,
      (_, start, list) => `${start}${list.replaceAll('"', '')}]`,
    )
    // … and strings that are one interpolation and nothing else.
    .replaceAll(/"\$\{([^"{}]*(?:"[^"{}]*"[^"{}]*)*)\}"(,?)$/gm, '$1$2')
    // Conditions are blocks, not lists of objects.
    .replaceAll(/^( *)((?:pre|post)condition) = \[\n([\s\S]*?)^\1\]$/gm, (_, indent, name, items) =>
      items
        .replaceAll(/^ *\{$/gm, `${indent}${name} {`)
        .replaceAll(/^ *\},?$/gm, `${indent}}`)
        .trimEnd(),
    )
    // One blank line between blocks.
    .replaceAll(/^\}\n+(?=\S)/gm, '}\n\n')
    .trim();
  return format(`${tidy}\n`);
}
