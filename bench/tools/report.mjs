/**
 * A line of a result: what was measured, and whether it is where it should be.
 * @typedef {object} Line
 * @property {string} name
 * @property {Readonly<Record<string, string>>} cells by column
 * @property {number} [bar] what the chart shows of it
 * @property {string} [reach] what it should reach
 * @property {boolean} [reached]
 */

/**
 * What a case came to.
 * @typedef {object} Outcome
 * @property {string} title
 * @property {readonly Line[]} lines
 * @property {string} [unit] of the chart
 * @property {readonly string[]} [notes] what a reader has to know
 */

const BAR_CHARACTERS = 40;

/**
 * @param {readonly Line[]} lines
 * @returns {string} a table in Markdown, its columns aligned
 */
export function renderTable(lines) {
  const columns = [...new Set(lines.flatMap(({ cells }) => Object.keys(cells)))];
  const withReach = lines.some(({ reach }) => reach !== undefined);
  const head = ['', ...columns, ...(withReach ? ['reach', ''] : [])];
  const rows = lines.map(({ name, cells, reach, reached }) => [
    name,
    ...columns.map((column) => cells[column] ?? '–'),
    ...(withReach ? [reach ?? '', reached === undefined ? '' : reached ? 'reached' : '**not reached**'] : []),
  ]);
  const widths = head.map((text, index) => Math.max(3, text.length, ...rows.map((row) => row[index]?.length ?? 0)));
  const isRight = head.map((_, index) => index > 0 && index <= columns.length);
  /** @param {readonly string[]} row */
  const render = (row) =>
    `| ${row.map((text, index) => (isRight[index] ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, index) => `-${'-'.repeat(width)}${isRight[index] ? ':' : '-'}`).join('|')}|`;
  return [render(head), rule, ...rows.map(render)].join('\n');
}

/**
 * @param {readonly Line[]} lines
 * @param {string} unit
 * @returns {string} bars of text, the longest for the greatest; empty when there is nothing to show
 */
export function renderChart(lines, unit) {
  const bars = lines.flatMap(({ name, bar }) => (bar === undefined || !Number.isFinite(bar) ? [] : [{ name, bar }]));
  if (bars.length < 2) return '';
  const most = Math.max(...bars.map(({ bar }) => bar));
  const width = Math.max(...bars.map(({ name }) => name.length));
  return bars
    .map(
      ({ name, bar }) =>
        `${name.padEnd(width)} ${'█'.repeat(Math.max(1, Math.round((bar / most) * BAR_CHARACTERS)))} ${formatNumber(bar)} ${unit}`,
    )
    .join('\n');
}

/**
 * @param {Outcome} outcome
 * @returns {string} as it stands in the results
 */
export function renderOutcome({ lines, unit = '/s', notes = [] }) {
  const chart = renderChart(lines, unit);
  const parts = [renderTable(lines), chart === '' ? '' : `\`\`\`text\n${chart}\n\`\`\``, notes.map((note) => `- ${note}`).join('\n')];
  return parts.filter((part) => part !== '').join('\n\n');
}

/**
 * @param {import('./rounds.mjs').Figures} figures
 * @param {{ readonly reach?: string, readonly reached?: boolean }} [aim]
 * @returns {Line}
 */
export function rateLine({ name, rate, p50Ms, p99Ms, ratio, cpuMicros }, aim = {}) {
  const cpu = Object.entries(cpuMicros).map(([process, micros]) => `${process} ${Math.round(micros)}`);
  const cells = {
    'a second': formatNumber(rate),
    'p50 ms': formatMs(p50Ms),
    'p99 ms': formatMs(p99Ms),
    '× Express hello': ratio === null ? '–' : ratio.toFixed(2),
    'CPU µs a call': cpu.join(' + ') || '–',
  };
  return { name, cells, bar: rate, ...aim };
}

/**
 * The line of someone who could not be measured.
 * @param {string} name
 * @param {string} reason
 * @returns {Line}
 */
export function missingLine(name, reason) {
  return { name, cells: { 'a second': `missing: ${reason}` } };
}

/** @param {number} value */
export function formatNumber(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en-US').replaceAll(',', ' ') : value.toFixed(value >= 10 ? 1 : 2);
}

/** @param {number} ms */
export function formatMs(ms) {
  return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}
