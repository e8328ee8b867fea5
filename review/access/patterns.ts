/**
 * Whether a pattern with the wildcards `*` and `?` matches a text. It takes no longer than the product of
 * their lengths, whatever the pattern.
 */
export function matches(pattern: string, text: string): boolean {
  let at = 0;
  let position = 0;
  let star = -1;
  let resume = 0;
  while (position < text.length) {
    if (pattern[at] === '*') {
      star = at;
      resume = position;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[position])) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      // The star takes one character more.
      resume += 1;
      position = resume;
      at = star + 1;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(at));
}

/** The same for each of the six parts of an ARN, as the condition operators for ARNs compare them. */
export function arnMatches(pattern: string, arn: string): boolean {
  const given = partsOf(arn);
  return partsOf(pattern).every((part, index) => matches(part, given[index] ?? ''));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
