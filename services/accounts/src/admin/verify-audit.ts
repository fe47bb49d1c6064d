import { badParameter } from '@gatehouse/faults';
import { readCheckpointRecord, type ServiceDeps, type SignedCheckpoint, verifyAudit } from '@gatehouse/service';
import Joi from 'joi';
import { nativeEndpoint } from '../native-endpoint.ts';
import type { AdminContext } from './admin-context.ts';

/** As many as fit into a body; the newest of each writer say all that the others do. */
const MOST_CHECKPOINTS = 700;
/** The longest silence before a line says how far it is: the gateway gives up on a service that says nothing. */
const PROGRESS_MS = 1_000;

interface Body {
  readonly checkpoints?: readonly unknown[];
}

/** `POST audit/verify`: walks the whole log, so it answers line by line, the verdict last. */
export const verifyAuditEndpoint = ({ admit, deps }: AdminContext) =>
  nativeEndpoint({
    name: 'verifyAudit',
    method: 'POST',
    path: '/admin/v1/audit/verify',
    summary: 'Check that nothing in the audit log was changed, removed or added; answers NDJSON, the verdict in the last line',
    admit,
    body: Joi.object<Body>({
      checkpoints: Joi.array()
        .items(Joi.object().unknown())
        .max(MOST_CHECKPOINTS)
        .description('Checkpoints that were kept elsewhere, as they stand in the log'),
    }),
    replies: { 200: Joi.string().description('Lines of `{progress: {rows, writers}}`, then one `{verdict: {rows, writers, problems}}`') },
    faults: [],
    async handle({ request, body }) {
      // Nothing is written, and an answer that goes on for minutes is not kept.
      if (request.header('idempotency-key') !== undefined) throw badParameter('Idempotency-Key', 'is not taken here');
      const given = (body.checkpoints ?? []).map(toCheckpoint);
      await deps.audit.flush();
      const outside = [...given, ...(await deps.audit.checkpoints.told())];
      return { status: 200, headers: { 'content-type': 'application/x-ndjson' }, stream: toLines(deps, outside) };
    },
  });

function toCheckpoint(value: unknown, index: number): SignedCheckpoint {
  const checkpoint = readCheckpointRecord(value);
  if (checkpoint === null) throw badParameter(`checkpoints.${index}`, 'is not a checkpoint of the audit log');
  return checkpoint;
}

async function* toLines({ db, vault }: ServiceDeps, outside: readonly SignedCheckpoint[]): AsyncGenerator<string> {
  const check = verifyAudit(db, vault, { outside });
  let saidAt = performance.now();
  for (;;) {
    const step = await check.next();
    if (step.done) {
      const { rows, writers, problems, keyUnknown } = step.value;
      const shown = problems.map((problem) => ({ ...problem, seq: Number(problem.seq) }));
      yield `${JSON.stringify({ verdict: { rows, writers, problems: shown, key_unknown: keyUnknown } })}\n`;
      return;
    }
    if (performance.now() - saidAt < PROGRESS_MS) continue;
    saidAt = performance.now();
    yield `${JSON.stringify({ progress: step.value })}\n`;
  }
}
