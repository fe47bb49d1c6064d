import { randomUUID } from 'node:crypto';
import { ADMIN_TOKEN } from './test-deps.ts';

/** A row as it is handed in: cells by their columns. */
export type Cells = Readonly<Record<string, string>>;

/** Exports and imports rows as an operator does, through the gateway. */
export interface BulkClient {
  /** The rows of an export, without the line that says how many there were. */
  exportRows(query?: string): Promise<Record<string, unknown>[]>;
  /** Hands rows in, from line 2 on, as those of one file; gives the last line of the answer, or the fault of rows that are refused. */
  importRows(rows: readonly Cells[], scope: object): Promise<Record<string, unknown>>;
}

/** @param kind `users`, `keys`, `vouchers` */
export function createBulkClient(gatewayUrl: string, kind: string): BulkClient {
  const call = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' };
    const response = await fetch(gatewayUrl + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    const lines: Record<string, unknown>[] =
      text === ''
        ? []
        : text
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
    return { ok: response.ok, lines };
  };
  return {
    async exportRows(query = '') {
      const { lines } = await call('GET', `/admin/v1/exports/${kind}${query}`);
      return lines.slice(0, -1).map(({ row }) => Object(row));
    },
    async importRows(rows, scope) {
      const path = `/admin/v1/imports/${kind}/${randomUUID()}`;
      for (let start = 0; start < rows.length; start += 300) {
        const part = rows.slice(start, start + 300).map((values, index) => ({ line: start + index + 2, values }));
        const { ok, lines } = await call('POST', `${path}/rows`, { rows: part });
        if (!ok) return lines[0] ?? {};
      }
      return (await call('POST', path, { rows: rows.length, scope })).lines.at(-1) ?? {};
    },
  };
}
