import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { chromiumPath, detectOnPage, waitForSummary } from './support/chromium-page';
import { buildTinySite, type TinySite } from './support/tiny-site';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'web-demo-offline-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A server that notes what it is asked for. */
class LoggingServer {
  readonly asked: string[] = [];
  private constructor(private readonly server: Server) {}

  static async open(answer: (path: string) => { type: string; body: Buffer } | undefined): Promise<LoggingServer> {
    const server = createServer();
    const logging = new LoggingServer(server);
    server.on('request', ({ url }, response) => {
      logging.asked.push(url!);
      const found = answer(url!);
      response.writeHead(found ? 200 : 404, { 'Content-Type': found?.type ?? 'text/plain' }).end(found?.body);
    });
    server.on('connect', ({ url }, socket) => {
      logging.asked.push(url!);
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return logging;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

const inBrowser = chromiumPath === undefined ? describe.skip : describe;
inBrowser('the folder of a site on a web server without headers of its own', () => {
  let tiny: TinySite;
  let site: LoggingServer;
  let elsewhere: LoggingServer;
  let browser: Browser;
  beforeAll(async () => {
    tiny = await buildTinySite(folder);
    site = await LoggingServer.open((path) => {
      const name = path === '/' ? 'index.html' : path.slice(1).split('?')[0];
      try {
        return {
          type: TYPES[extname(name)] ?? 'application/octet-stream',
          body: readFileSync(join(tiny.folder, name)),
        };
      } catch {
        return undefined;
      }
    });
    // All that does not go to this machine goes through the proxy.
    elsewhere = await LoggingServer.open(() => undefined);
    const proxy = `--proxy-server=127.0.0.1:${elsewhere.port}`;
    browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox', proxy] });
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([site?.close(), elsewhere?.close()]);
  });

  it('finds objects, and asks for nothing but its own files', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${site.port}/`);
    await waitForSummary(page, /^Ready/);
    expect((await detectOnPage(page, tiny.picture)).length).toBeGreaterThan(20);
    expect(elsewhere.asked.filter((url) => !isOfTheBrowser(url))).toEqual([]);
    const asked = new Set(site.asked.map((path) => path.replace(/^.*\//, '')));
    for (const name of ['page.js', 'worker.js', 'content.json', 'model.json', 'group1-shard1of1.bin']) {
      expect([name, asked.has(name)]).toEqual([name, true]);
    }
    await page.close();
  });

  it('could not load from elsewhere: its policy refuses scripts, pictures and requests', async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${site.port}/`);
    await waitForSummary(page, /^Ready/);
    const refused = await page.evaluate(async () => {
      const told: string[] = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => told.push(effectiveDirective));
      await fetch('http://elsewhere.test/data').catch(() => undefined);
      for (const [name, key] of [
        ['img', 'src'],
        ['script', 'src'],
      ] as const) {
        const element = document.createElement(name);
        element[key] = `http://elsewhere.test/${name}`;
        await new Promise((resolve) => {
          element.onerror = resolve;
          document.head.append(element);
        });
      }
      return told;
    });
    expect(refused).toEqual(['connect-src', 'img-src', 'script-src-elem']);
    expect(elsewhere.asked.filter((url) => url.includes('elsewhere.test'))).toEqual([]);
    await page.close();
  });

  it('would be seen in the proxy’s log if it did', async () => {
    const page = await browser.newPage();
    await page.goto('http://elsewhere.test/seen').catch(() => undefined); // the proxy gives nothing
    expect(elsewhere.asked).toContain('http://elsewhere.test/seen');
    await page.close();
  });
});

// Chromium's own services, such as updates, whatever the page is.
function isOfTheBrowser(url: string): boolean {
  return /^(https?:\/\/)?[\w.-]*\.(google|googleapis|gvt1|gstatic)\.com\b/.test(url);
}
