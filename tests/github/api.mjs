// GitHub's REST contract on loopback, for tests/github/contract.rs.
//
// GitHub's own OpenAPI description (@octokit/openapi), cut to the operations that are called, is served by Stoplight's
// Prism, which checks every request against it. The front before it adds what GitHub says in prose only, forces
// answers and keeps a log. Both packages must be installed beside or above the folder given as argument.
//
//   node api.mjs FOLDER      prints its address, then serves until standard input ends
//   PUT /_force [{method, path, status, body, headers, times}]   answers that instead, where the path holds `path`
//   GET /_log                all requests since the last time, and what they were answered
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import zlib from 'node:zlib';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const folder = path.resolve(process.argv[2]);
const find = createRequire(path.join(folder, 'x.js')).resolve;

const CALLED = `
post /repos/{owner}/{repo}/code-scanning/sarifs
get /repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}
post /repos/{owner}/{repo}/check-runs
patch /repos/{owner}/{repo}/check-runs/{check_run_id}
get /repos/{owner}/{repo}/pulls/{pull_number}/files
get /repos/{owner}/{repo}/pulls/{pull_number}/comments
delete /repos/{owner}/{repo}/pulls/comments/{comment_id}
get /repos/{owner}/{repo}/pulls/{pull_number}/reviews
post /repos/{owner}/{repo}/pulls/{pull_number}/reviews
put /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}`.trim().split('\n').map(line => line.split(' '));

// The description of these operations and of what they refer to.
function cut() {
  const all = JSON.parse(fs.readFileSync(find('@octokit/openapi/generated/api.github.com.json'), 'utf8'));
  const own = { openapi: all.openapi, info: all.info, servers: all.servers, paths: {}, components: {} };
  for (const [method, route] of CALLED) {
    own.paths[route] ??= { parameters: all.paths[route].parameters };
    own.paths[route][method] = all.paths[route][method];
  }
  const walk = node => {
    if (!node || typeof node !== 'object') return;
    const [, , kind, name] = typeof node.$ref === 'string' ? node.$ref.split('/') : [];
    if (name && !own.components[kind]?.[name]) {
      (own.components[kind] ??= {})[name] = all.components[kind][name];
      walk(all.components[kind][name]);
    }
    Object.values(node).forEach(walk);
  };
  walk(own.paths);
  for (const [method, route] of CALLED) {
    const { responses } = own.paths[route][method];
    for (const answer of Object.values(responses)) {
      // The description leaves out the media type that clients ask for.
      const content = (answer.$ref ? own.components.responses[answer.$ref.split('/').pop()] : answer).content;
      if (content?.['application/json']) content['application/vnd.github+json'] = content['application/json'];
    }
    // Prism would answer an invalid request with their examples, and keep what is wrong to itself.
    delete responses['400'];
    delete responses['422'];
  }
  return own;
}

// What the schema does not say.
function prose(method, url, body) {
  const wrong = [];
  const say = (if_, what) => if_ && wrong.push(what);
  if (/\/check-runs(\/\d+)?$/.test(url)) {
    say(body.status === 'completed' && !body.conclusion, 'a completed run needs a conclusion');
    for (const a of body.output?.annotations ?? []) {
      say(a.start_column && a.start_line !== a.end_line, 'columns on several lines');
      say(a.start_line < 1 || a.end_line < a.start_line, 'lines run backwards');
      say([...(a.title ?? '')].length > 255 || Buffer.byteLength(a.message) > 65536, 'an annotation is too long');
    }
  }
  if (method === 'POST' && /\/pulls\/\d+\/reviews$/.test(url)) {
    say(!body.body || [...body.body].length > 65536, 'a review needs a body, of 65,536 characters at most');
    for (const c of body.comments ?? []) {
      say(c.line === undefined || c.start_line >= c.line, 'a comment needs lines that run forwards');
      say([...c.body].length > 65536, 'a comment is too long');
    }
  }
  say(method === 'PUT' && !(body.body?.length <= 65536), 'a review keeps a body, of 65,536 characters at most');
  if (body?.sarif) {
    try {
      const text = zlib.gunzipSync(Buffer.from(body.sarif, 'base64')).toString();
      body.sarif = JSON.parse(text);
    } catch (error) { wrong.push(`the sarif is no base64 of gzip of JSON: ${error.message}`); }
  }
  return wrong;
}

const description = path.join(folder, 'github.json');
fs.writeFileSync(description, JSON.stringify(cut()));
const port = await new Promise(found => {
  const probe = http.createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => found(port));
  });
});
const behind = `http://127.0.0.1:${port}`;
const prism = spawn(process.execPath, [find('@stoplight/prism-cli/dist/index.js'), 'mock', description, '-p', `${port}`],
  { stdio: ['ignore', 'ignore', 'inherit'] });
process.on('exit', () => prism.kill());
prism.on('exit', () => process.exit(1));
process.stdin.on('end', () => process.exit(0)).resume();
while (!await fetch(behind).catch(() => false)) await new Promise(later => setTimeout(later, 100));

let forced = [];
let log = [];

async function answer(request, raw) {
  let body;
  try { body = JSON.parse(raw.toString()); } catch { /* none was sent */ }
  if (request.url === '/_force') { forced = body; return { status: 200 }; }
  if (request.url === '/_log') { const all = log; log = []; return { status: 200, body: all }; }
  const { host, connection, 'content-length': _, ...headers } = request.headers;
  const entry = { method: request.method, path: request.url, headers, body };
  log.push(entry);
  const is_known = /^Bearer \S+$/.test(headers.authorization ?? '');
  // What is written down has the token nowhere else, if it has it here only.
  headers.authorization = is_known ? 'Bearer ***' : headers.authorization;
  const done = (status, body, more) => { entry.status = status; return { status, body, headers: more }; };
  if (!is_known) return done(401, { message: 'Requires authentication' });
  const answered = await fetch(behind + request.url,
    { method: request.method, headers: { ...headers, authorization: 'Bearer x' }, body: raw.length ? raw : undefined });
  let example;
  try { example = await answered.json(); } catch { /* 204 */ }
  const violations = JSON.parse(answered.headers.get('sl-violations') ?? '[]')
    .filter(v => v.location?.[0] === 'request' && v.severity === 'Error').map(v => v.message);
  const wrong = [...violations, ...(example?.validation ?? []).map(v => v.message), ...prose(request.method, request.url, body)];
  entry.wrong = wrong;
  if (wrong.length) return done(422, { message: 'Validation Failed', errors: wrong });
  const rule = forced.find(f => f.method === request.method && request.url.includes(f.path) && f.times !== 0);
  if (!rule) return done(answered.status, example);
  if (rule.times) rule.times -= 1;
  return done(rule.status, rule.body ?? { message: 'forced' }, rule.headers);
}

const front = http.createServer((request, response) => {
  const chunks = [];
  request.on('data', chunk => chunks.push(chunk)).on('end', async () => {
    const { status, body, headers } = await answer(request, Buffer.concat(chunks));
    const text = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length, ...headers });
    response.end(text);
  });
});
front.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${front.address().port}`));
