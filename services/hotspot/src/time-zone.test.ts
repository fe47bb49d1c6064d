import { isTimeZone, openTimeZone } from './time-zone.ts';

describe('the clocks of a place', () => {
  const read = (zone: string, text: string) => {
    const time = openTimeZone(zone).read(text);
    return time instanceof Date ? time.toISOString() : time;
  };

  it.each([
    ['UTC', '2025-01-17 10:00:00', '2025-01-17T10:00:00.000Z'],
    ['Europe/Berlin', '2025-07-01 00:00:00', '2025-06-30T22:00:00.000Z'],
    ['Asia/Kolkata', '2025-01-01 00:00:00', '2024-12-31T18:30:00.000Z'],
    ['Asia/Kathmandu', '2025-01-01 05:45:00', '2025-01-01T00:00:00.000Z'],
    ['Pacific/Kiritimati', '2025-01-01 14:00:00', '2025-01-01T00:00:00.000Z'],
    ['America/St_Johns', '2025-01-01 00:00:00', '2025-01-01T03:30:00.000Z'],
    ['UTC', '2024-02-29 23:59:59', '2024-02-29T23:59:59.000Z'],
  ])('in %s %s is %s, and back', (zone, text, instant) => {
    expect(read(zone, text)).toBe(instant);
    expect(openTimeZone(zone).format(new Date(instant))).toBe(text);
  });

  it.each([
    ['Europe/Berlin', '2025-03-30 02:00:00'],
    ['Europe/Berlin', '2025-03-30 02:59:59'],
    ['America/New_York', '2025-03-09 02:30:00'],
    ['Australia/Lord_Howe', '2025-10-05 02:15:00'],
    // The whole day was left out when Samoa crossed the date line.
    ['Pacific/Apia', '2011-12-30 12:00:00'],
  ])('in %s clocks were put forward over %s', (zone, text) => {
    expect(read(zone, text)).toBe('skipped');
  });

  it.each([
    ['Europe/Berlin', '2025-03-30 01:59:59', '2025-03-30T00:59:59.000Z'],
    ['Europe/Berlin', '2025-03-30 03:00:00', '2025-03-30T01:00:00.000Z'],
    ['Europe/Berlin', '2025-10-26 02:30:00', '2025-10-26T00:30:00.000Z'],
    ['Europe/Berlin', '2025-10-26 03:00:00', '2025-10-26T02:00:00.000Z'],
    ['Australia/Lord_Howe', '2025-04-06 01:45:00', '2025-04-05T14:45:00.000Z'],
  ])('in %s %s is the first time that clocks show it: %s', (zone, text, instant) => {
    expect(read(zone, text)).toBe(instant);
  });

  it.each([
    '',
    '2025-01-17',
    '2025-1-17 10:00:00',
    '2025-01-17T10:00:00',
    ' 2025-01-17 10:00:00',
    '2025-02-29 00:00:00',
    '2025-04-31 00:00:00',
    '2025-00-10 00:00:00',
    '2025-01-01 24:00:00',
    '2025-01-01 00:60:00',
    '2025-01-01 00:00:60',
    '0000-01-01 00:00:00',
    '1969-12-31 23:59:59',
    '٢٠٢٥-01-01 00:00:00',
  ])('%j is in no calendar', (text) => {
    expect(read('Europe/Berlin', text)).toBe('malformed');
  });

  it.each(['Europe/Berlin', 'UTC', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires'])('%s is a time zone', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each(['', 'Berlin', '+02:00', 'Europe/Berlin ', 'Mars/Olympus', '../etc/passwd'])('%j is none', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
