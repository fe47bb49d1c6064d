import { DIALECTS } from '@gatehouse/dialects';

/** What browsers may do on the documentation page: run and ask for what we serve ourselves, and nothing else. */
export const DOCS_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What browsers may do on a page that a service made: show it. */
export const PLAIN_PAGE_CSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The documentation page: Swagger UI over our own documents. */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatehouse APIs</title>
<link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="stylesheet" href="/docs/assets/page.css">
</head>
<body>
<div id="page"></div>
<noscript>This page needs JavaScript. The documents themselves: ${DIALECTS.map(({ name }) => `<a href="/openapi/${name}.json">${name}</a>`).join(', ')}.</noscript>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/swagger-ui-standalone-preset.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
`;

/** What the page looks like beside Swagger UI's own style. */
export const DOCS_STYLE = `body { margin: 0; }
.swagger-ui .topbar a.link { display: none; }
`;

/** The script that starts the page. A file of its own, since inline scripts are refused by {@link DOCS_CSP}. */
export const DOCS_STARTER = `SwaggerUIBundle({
  dom_id: '#page',
  urls: ${JSON.stringify(DIALECTS.map(({ name, title }) => ({ url: `/openapi/${name}.json`, name: title })))},
  presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
  layout: 'StandaloneLayout',
  deepLinking: true,
  docExpansion: 'list',
  // A credential that is tried out is forgotten with the page; nothing is sent to a validator elsewhere.
  persistAuthorization: false,
  validatorUrl: null,
});
`;
