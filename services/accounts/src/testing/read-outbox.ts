import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A mail as a test reads it. */
export interface ReadMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The token in it, if any. */
  readonly token: string;
}

/** A data directory of a test, with the mails in its outbox. */
export interface TestOutbox {
  readonly dataDir: string;
  /** The mails to an address, oldest first. */
  mailsTo(address: string): ReadMail[];
  /** How many there are in all. */
  count(): number;
  remove(): void;
}

/** Makes an empty data directory. */
export function createTestOutbox(): TestOutbox {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-mail-'));
  const read = (): ReadMail[] => {
    const outbox = join(dataDir, 'outbox');
    return listFiles(outbox).map((name) => parse(readFileSync(join(outbox, name), 'utf8')));
  };
  return {
    dataDir,
    mailsTo: (address) => read().filter(({ to }) => to === address),
    count: () => read().length,
    remove: () => rmSync(dataDir, { recursive: true }),
  };
}

function listFiles(outbox: string): string[] {
  try {
    return readdirSync(outbox).sort();
  } catch {
    // It is made with the first mail.
    return [];
  }
}

function parse(eml: string): ReadMail {
  const end = eml.search(/\r?\n\r?\n/);
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(eml.slice(0, end))?.[1]?.trim() ?? '';
  const text = eml.slice(end).trim();
  return { to: header('To'), subject: header('Subject'), text, token: /\bghm_[0-9a-f]+/.exec(text)?.[0] ?? '' };
}
