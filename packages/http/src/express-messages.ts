import { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';

/** What Node's HTTP server makes of each call. */
export interface Messages {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
}

/**
 * Classes of requests and responses that are an Express application's own from the start, to be given to `http.createServer`.
 *
 * Express changes the prototypes of Node's objects with each call (`app.handle` in its lib/application.js), and the engine then has
 * to forget what it knows of them: that costs more than all else Express does. Setting the prototype that an object has already
 * costs nothing.
 */
export function ownMessages(app: Express): Messages {
  class AppRequest extends IncomingMessage {}
  class AppResponse<Request extends IncomingMessage> extends ServerResponse<Request> {}
  // What the application adds stands behind the new classes, as it would behind its own prototypes.
  Object.setPrototypeOf(AppRequest.prototype, app.request);
  Object.setPrototypeOf(AppResponse.prototype, app.response);
  Object.assign(app, { request: AppRequest.prototype, response: AppResponse.prototype });
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}
