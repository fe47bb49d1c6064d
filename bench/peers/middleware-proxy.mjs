// http-proxy-middleware in Express, with kept connections: without an agent it opens one for each request.
import { Agent } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

const app = express();
app.use(createProxyMiddleware({ target: process.env.UPSTREAM, agent: new Agent({ keepAlive: true }) }));
app.listen(Number(process.env.PORT), '127.0.0.1');
