import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDeps, type TestDeps } from '@gatehouse/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createMail } from './mail.ts';
import { queueMail } from './mail-queue.ts';
import { createMailTransport, type MailMessage, type MailTransport, senderOf } from './mail-transport.ts';

let base: TestDeps;
beforeAll(async () => {
  base = await createTestDeps();
  await base.deps.db.prisma.user.create({ data: { name: 'Ann', email: 'Ann@example.com' } });
});
afterEach(() => base.deps.db.prisma.mailJob.deleteMany());
afterAll(() => base.close());

const recording = (send: (message: MailMessage) => Promise<void>): MailTransport => ({ send, close: () => undefined });
const queue = (email = 'ann@example.com') => queueMail(base.deps.db, { kind: 'reset_password', email, now: base.clock() });
const waiting = () => base.deps.db.prisma.mailJob.count();

const withResolvers = () => {
  const resolvers: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => resolvers.push(resolve));
  return { promise, resolve: () => resolvers[0]?.() };
};

describe('the mail queue', () => {
  it('each mail is sent once, however many processes send', async () => {
    const sent: MailMessage[] = [];
    const processes = Array.from({ length: 4 }, () =>
      createMail(base.deps, { dataDir: '', transport: recording(async (message) => void sent.push(message)) }),
    );
    for (let index = 0; index < 12; index += 1) await queue();
    await Promise.all(processes.map((mail) => mail.flush()));
    await Promise.all(processes.map((mail) => mail.close()));
    expect(sent).toHaveLength(12);
    expect(new Set(sent.map(({ to }) => to))).toEqual(new Set(['Ann@example.com']));
    expect(new Set(sent.map(({ text }) => text)).size).toBe(12);
    expect(await waiting()).toBe(0);
  });

  it('a mail that does not get out is tried again later, and its token is gone', async () => {
    let attempts = 0;
    const transport = recording(async () => {
      attempts += 1;
      if (attempts < 3) throw new Error('the server is away');
    });
    const mail = createMail(base.deps, { dataDir: '', transport });
    const tokens = await base.deps.db.prisma.mailToken.count();
    await queue();
    await mail.flush();
    await mail.flush();
    expect(attempts).toBe(1);
    expect(await base.deps.db.prisma.mailToken.count()).toBe(tokens);
    for (const pauseSeconds of [30, 60]) {
      base.clock.advance(pauseSeconds * 1000 - 1);
      const before = attempts;
      await mail.flush();
      expect(attempts).toBe(before);
      base.clock.advance(1);
      await mail.flush();
    }
    expect([attempts, await waiting()]).toEqual([3, 0]);
    expect(await base.deps.db.prisma.mailToken.count()).toBe(tokens + 1);
    await mail.close();
  });

  it('a mail that never gets out is given up', async () => {
    const mail = createMail(base.deps, { dataDir: '', transport: recording(() => Promise.reject(new Error('no'))) });
    await queue();
    for (let attempt = 0; attempt < 13; attempt += 1) {
      expect(await waiting()).toBe(1);
      await mail.flush();
      base.clock.advance(3_600_000);
    }
    expect(await waiting()).toBe(0);
    await mail.close();
  });

  it('what a process that died has taken on is sent by another', async () => {
    const { promise, resolve: release } = withResolvers();
    const stuck = createMail(base.deps, { dataDir: '', transport: recording(() => promise) });
    const sent: string[] = [];
    const other = createMail(base.deps, { dataDir: '', transport: recording(async ({ to }) => void sent.push(to)) });
    await queue();
    const hanging = stuck.flush();
    while ((await base.deps.db.prisma.mailJob.findFirst())?.attempts === 0) await new Promise(setImmediate);
    await other.flush();
    expect(sent).toEqual([]);
    base.clock.advance(30_000);
    await other.flush();
    expect(sent).toEqual(['Ann@example.com']);
    release();
    await hanging;
    await Promise.all([stuck.close(), other.close()]);
  });
});

describe('ways out', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-mail-'));
  afterAll(() => rmSync(dataDir, { recursive: true }));
  const message = { to: 'ann@example.com', subject: 'Grüße', text: 'line one\nline two ghm_0123\n' };

  it('without SMTP mails are files that only their owner may read', async () => {
    const outboxDir = join(dataDir, 'outbox');
    const transport = createMailTransport({ outboxDir, from: senderOf('https://gate.example.org') });
    await Promise.all([transport.send(message), transport.send(message)]);
    const files = readdirSync(outboxDir);
    expect(files).toEqual([expect.stringMatching(/^[\w-]+\.eml$/), expect.stringMatching(/^[\w-]+\.eml$/)]);
    expect(statSync(outboxDir).mode & 0o777).toBe(0o700);
    for (const file of files) expect(statSync(join(outboxDir, file)).mode & 0o777).toBe(0o600);
  });

  it('with SMTP_URL mails go to that server, signed in, from our host', async () => {
    const server = await startSmtp();
    const transport = createMailTransport({
      smtpUrl: `smtp://ann:s3cret@127.0.0.1:${server.port}`,
      outboxDir: '',
      from: senderOf('https://gate.example.org'),
    });
    await transport.send(message);
    transport.close();
    const talk = server.heard.join('');
    expect(talk).toContain('MAIL FROM:<no-reply@gate.example.org>');
    expect(talk).toContain('RCPT TO:<ann@example.com>');
    expect(talk).toMatch(/AUTH PLAIN /);
    expect(talk).toContain('line two ghm_0123');
    await server.close();
  });

  it('a server that is not there is an error, and soon', async () => {
    const transport = createMailTransport({ smtpUrl: 'smtp://127.0.0.1:1', outboxDir: '', from: senderOf('http://127.0.0.1:8080') });
    await expect(transport.send(message)).rejects.toThrow(/ECONNREFUSED/);
    transport.close();
  });

  it.each([
    ['https://gate.example.org/x', 'Gatehouse <no-reply@gate.example.org>'],
    ['http://127.0.0.1:8080', 'Gatehouse <no-reply@localhost>'],
    ['http://[::1]:8080', 'Gatehouse <no-reply@localhost>'],
    ['http://localhost', 'Gatehouse <no-reply@localhost>'],
  ])('mails of %s come from %s', (publicUrl, from) => {
    expect(senderOf(publicUrl)).toBe(from);
  });
});

/** The outside world: an SMTP server (RFC 5321) that takes everything and remembers what it heard. */
async function startSmtp(): Promise<{ port: number; heard: string[]; close(): Promise<void> }> {
  const heard: string[] = [];
  const server: Server = createServer((socket) => {
    let inData = false;
    socket.setEncoding('utf8');
    socket.write('220 test\r\n');
    socket.on('data', (chunk: string) => {
      heard.push(chunk);
      for (const line of chunk.split('\r\n')) {
        if (inData && line === '.') {
          inData = false;
          socket.write('250 taken\r\n');
        } else if (!inData && line !== '') {
          inData = line === 'DATA';
          const answer = line.startsWith('EHLO')
            ? '250-test\r\n250 AUTH PLAIN'
            : inData
              ? '354 go on'
              : line.startsWith('AUTH')
                ? '235 in'
                : '250 ok';
          socket.write(`${answer}\r\n`);
        }
      }
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, heard, close: () => new Promise((resolve) => void server.close(() => resolve())) };
}
