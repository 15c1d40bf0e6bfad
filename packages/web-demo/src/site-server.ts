import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { ConfigError } from '@featuremine/errors';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};

/** With these a browser gives the page threads (it must be isolated from other origins), and lets it load nothing else. */
const HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; connect-src 'self' blob:; img-src 'self' blob:; media-src 'self' blob:",
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-cache',
};

/** A server that is running. */
export interface SiteServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a folder of static files over http; port 0 takes any free one.
 *
 * @throws ConfigError for a port that is taken or not allowed
 */
export async function serveSite(options: {
  readonly folder: string;
  readonly port: number;
  readonly host: string;
}): Promise<SiteServer> {
  const { folder, port, host } = options;
  const server = createServer((request, response) => answer(folder, request, response));
  await listening(server, port, host);
  const { port: taken } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? 'localhost' : host;
  return {
    url: `http://${name}:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(folder: string, { method, url }: IncomingMessage, response: ServerResponse): void {
  if (method !== 'GET' && method !== 'HEAD') return refuse(response, 405);
  const file = fileOf(folder, url ?? '/');
  const sizeBytes = file === undefined ? undefined : sizeOf(file);
  if (file === undefined || sizeBytes === undefined) return refuse(response, 404);
  response.writeHead(200, {
    ...HEADERS,
    'Content-Type': TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream',
    'Content-Length': sizeBytes,
  });
  if (method === 'HEAD') response.end();
  // A browser that goes away, or a file that went away, ends this answer only.
  else pipeline(createReadStream(file), response, () => undefined);
}

// Bytes of a file; undefined where there is none, or the system says that there cannot be one of that name.
function sizeOf(file: string): number | undefined {
  try {
    const stats = statSync(file);
    return stats.isFile() ? stats.size : undefined;
  } catch {
    return undefined;
  }
}

// The file that an address names; undefined for one outside the folder, or written wrongly.
function fileOf(folder: string, url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split('?', 1)[0]);
    const file = normalize(join(folder, path.endsWith('/') ? `${path}index.html` : path));
    return file.startsWith(normalize(folder + sep)) && !file.includes('\0') ? file : undefined;
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': 'text/plain' }).end(`${status}\n`);
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      reject(
        new ConfigError({
          where: `--port ${port}`,
          found: code === 'EADDRINUSE' ? 'another program has it' : message,
          fix: 'Choose another: --port 8081, or --port 0 for any',
        }),
      );
    });
    server.listen(port, host, resolve);
  });
}
