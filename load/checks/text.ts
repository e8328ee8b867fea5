import { formatValue, type Problem } from '../../topology/problem';
import { ascii, holdsUnseen, isNormal, mixedWord } from '../../topology/unicode';

interface Rule {
  readonly breaks: (text: string) => boolean;
  readonly message: (text: string) => string;
  /** Who need not keep it: filters are JSON, which has an escape for it; variables may be text for people. */
  readonly except?: 'filters' | 'environment';
}

const RULES: readonly Rule[] = [
  {
    breaks: (text) => /\p{Surrogate}/u.test(text),
    message: () => 'must not hold half of a surrogate pair, which is not a character; leave it out',
  },
  {
    // A process cannot have it in its environment.
    breaks: (text) => text.includes('\0'),
    message: () => 'must not hold the character NUL; leave it out',
    except: 'filters',
  },
  {
    breaks: (text) => !isNormal(text),
    message: (text) =>
      `must be in Unicode's normal form C, which Terraform makes of it; write ${formatValue(text.normalize('NFC'))}`,
    except: 'filters',
  },
  {
    breaks: isToken,
    message: () =>
      'must not hold what CDKTF takes for a reference of its own and replaces; leave it out',
  },
  {
    breaks: holdsUnseen,
    message: () =>
      'must not hold characters that nobody sees, but for those of emoji; leave them out',
    except: 'environment',
  },
  {
    breaks: (text) => mixedWord(text) !== undefined,
    message: (text) =>
      `must not mix letters of scripts that look alike in one word, ${ascii(mixedWord(text) ?? '')}; write it in one script`,
    except: 'environment',
  },
];

/**
 * Keys and values, wherever they are, that would not arrive in AWS as they are written, or are not what
 * a reviewer sees.
 *
 * @param content of a topology file, which may be anything
 */
export function changedText(content: unknown, path: Problem['path'] = []): Problem[] {
  if (typeof content === 'string') return problemsOf(content, path);
  if (typeof content !== 'object' || content === null) return [];
  return Object.entries(content).flatMap(([key, value]) => {
    if (Array.isArray(content)) return changedText(value, [...path, Number(key)]);
    const place = [...path, key];
    if (key === '__proto__') {
      // JavaScript's objects lose it.
      return [{ path: place, message: 'must not be named __proto__; choose another name' }];
    }
    const ofKey = problemsOf(key, place).map((problem) => ({
      ...problem,
      message: `has a key that ${problem.message}`,
    }));
    return ofKey.length > 0 ? ofKey : changedText(value, place);
  });
}

function problemsOf(text: string, path: Problem['path']): Problem[] {
  const [section, , , key] = path;
  const place = section === 'consumers' ? key : path[2];
  const broken = RULES.find(({ breaks, except }) => (!except || except !== place) && breaks(text));
  return broken ? [{ path, message: broken.message(text), received: text }] : [];
}

/** The first 16 bits of the numbers that represent a number, and for a list of numbers. */
const NUMBER_TOKENS = [0xfdff, 0xfbff];

/** @see https://github.com/hashicorp/terraform-cdk/blob/v0.21.0/packages/cdktf/lib/tokens/private/encoding.ts */
function isToken(text: string): boolean {
  if (text.includes('TfToken[') || /^(String|Any) Map Token Value$/.test(text)) return true;
  return (text.match(/[-\d.+|]+e[-\d.eE+|]+/g) ?? []).some((number) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, Number.parseFloat(number));
    return NUMBER_TOKENS.includes(view.getUint16(0));
  });
}
