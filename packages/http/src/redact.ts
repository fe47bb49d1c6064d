// Forms of every secret that Gatehouse hands out or takes, and parameters that carry one.
const PATTERNS: readonly (readonly [form: RegExp, replacement: string])[] = [
  [/\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}-([A-Z0-9]{4})\b/gi, '****-****-****-$1'],
  [/\b([a-z]{2,4})_[0-9a-f]{28,}([0-9a-f]{4})\b/g, '$1_****$2'],
  [/\b\d{1,10}-[0-9a-f]{36}([0-9a-f]{4})\b/g, '****$1'],
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, '$1 ****'],
  [/([?&;\s"'](?:api[-_]?key|access_token|key|id|token|passcode|password|secret|code)=)[^&\s"']+/gi, '$1****'],
  [/("(?:api[-_]?key|key|token|passcode|password|secret|code|hash)"\s*:\s*")[^"]*/gi, '$1****'],
  [/(\w+:\/\/[^:/\s@]+:)[^@/\s]+@/g, '$1****@'],
];

/** What each of the forms has somewhere. Most texts, such as the paths of requests, have none of it. */
const TRACES = /[-_=:]|bearer|basic/i;

/**
 * Takes secrets out of a text that is going to the log, the audit or an error. The one place that does so.
 * What has a known form keeps its last four characters, so that an operator can tell keys apart.
 */
export function redact(text: string): string {
  if (!TRACES.test(text)) return text;
  return PATTERNS.reduce((result, [form, replacement]) => result.replace(form, replacement), text);
}
