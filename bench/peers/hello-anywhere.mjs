// A plain Express 5 that answers 300 bytes of JSON whatever is asked: what a service behind a gateway can be at most.
import express from 'express';

const body = { status: 'ok', filler: 'x'.repeat(300 - 27) };
const app = express();
app.use((_request, response) => {
  response.json(body);
});
app.listen(Number(process.env.PORT), '127.0.0.1');
