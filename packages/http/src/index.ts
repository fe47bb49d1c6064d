export { type AppOptions, type Attempt, createApp, DOCS_PATH, type Route } from './app.ts';
export { type BatchOptions, type BatchWriter, createBatchWriter } from './batch-writer.ts';
export { type Caller, canonicalAddress, describeCaller, inNetworks, isNetwork, isPrivateAddress } from './caller.ts';
export { describeRoutes, type OperationDoc, type ServiceDocs } from './describe-routes.ts';
export {
  type Admit,
  type AnyEndpoint,
  type Call,
  type Endpoint,
  type EndpointHost,
  endpoint,
  type Idempotency,
  toRoutes,
} from './endpoint.ts';
export { readQuery } from './incoming-request.ts';
export { INTERNAL_HEADERS } from './internal-headers.ts';
export { type JsonSchema, type JsonSchemaMode, toJsonSchema } from './json-schema.ts';
export { keepWithRequest } from './keep-with-request.ts';
export { ListenError, type Listening, listen } from './listen.ts';
export { createLog, type Logger } from './log.ts';
export { createMetrics, type Metrics, type Reading, type RequestSample, watchRedis } from './metrics.ts';
export type { CommandParameter, Operation } from './operation.ts';
export { PAGE_SCHEMAS, type Page, type PageQuery, pageSchema, readCursor, toPage } from './page.ts';
export { type BodyRules, DEFAULT_BODY_LIMIT_BYTES } from './read-body.ts';
export { redact } from './redact.ts';
export { created, done, faultReply, noContent, ok, type Reply } from './reply.ts';
export type { AttemptNotes, Body, Fields, ServiceRequest } from './request.ts';
export { runProcess } from './run-process.ts';
export { dateTimeSchema, formatIsoOffset, formatPlainUtc, idSchema, MAX_ID, readIsoDate } from './schemas.ts';
export { sendReply } from './send-reply.ts';
export { type ServedMetrics, serveMetrics } from './serve-metrics.ts';
export { readTraceParent } from './trace-parent.ts';
export { Repeated, type ValidateOptions, validate } from './validate.ts';
