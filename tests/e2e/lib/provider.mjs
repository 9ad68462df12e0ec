/**
 * An OpenID provider on this computer (npm oidc-provider) for tests: `node provider.mjs PORT [ACCESS_SECONDS]`.
 *
 * Any login works, with any password; the login's part before `@` is the subject, the whole is the address. The client
 * `posthorn` is a native program (PKCE, loopback redirect, no secret); `dovecot` (secret `dovecot-secret`) may introspect.
 * Refresh tokens rotate: one that is used twice ends its grant. Nothing outlives the process: started again, it has
 * revoked everything. `GET /count` tells how often the token endpoint gave and refused. `GET /fail?kind=` makes the token endpoint answer so until `GET /fail`: `down` (503), `denied`.
 */
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const seconds = Number(process.argv[3] ?? 3600);
const base = `http://127.0.0.1:${port}`;
const DOMAIN = 'posthorn.test';

const provider = new Provider(base, {
  clients: [
    {
      client_id: 'posthorn',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: ['http://127.0.0.1/'],
    },
    {
      client_id: 'dovecot',
      client_secret: 'dovecot-secret',
      grant_types: [],
      response_types: [],
      redirect_uris: [],
    },
  ],
  scopes: ['openid', 'email', 'offline_access'],
  claims: { openid: ['sub'], email: ['email'] },
  // Google and Microsoft put the address into the ID token; this provider would want a further request.
  conformIdTokenClaims: false,
  findAccount: (_context, login) => {
    const sub = login.split('@')[0];
    return { accountId: login, claims: () => ({ sub, email: login.includes('@') ? login : `${login}@${DOMAIN}` }) };
  },
  features: {
    devInteractions: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
  },
  // Dovecot compares it with the name that a program says.
  extraTokenClaims: (_context, token) => ({ username: token.accountId.split('@')[0] }),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  ttl: { AccessToken: seconds, AuthorizationCode: 60, Grant: 86_400, IdToken: 3600, Interaction: 600, RefreshToken: 86_400, Session: 86_400 },
  cookies: { keys: ['test'] },
});

let failure = null;
const counts = { given: 0, refused: 0 };
const handle = provider.callback();
createServer((request, response) => {
  const url = new URL(request.url, base);
  if (url.pathname === '/fail') {
    failure = url.searchParams.get('kind');
    response.end('ok');
    return;
  }
  if (url.pathname === '/count') {
    response.end(JSON.stringify(counts));
    return;
  }
  if (url.pathname === '/token') {
    response.on('finish', () => {
      if (response.statusCode === 200) counts.given += 1;
      else counts.refused += 1;
    });
  }
  if (url.pathname === '/token' && failure !== null) {
    const [status, body] =
      failure === 'down' ? [503, 'busy'] : [400, JSON.stringify({ error: 'invalid_grant', error_description: 'revoked' })];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body);
    return;
  }
  handle(request, response);
}).listen(port, '127.0.0.1');
