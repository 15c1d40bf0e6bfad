// Headless Chromium for scripts: /usr/bin/chromium, or what CHROMIUM names.
import { chromium } from 'playwright-core';

/** Starts it; `close` ends it. */
export function openChromium() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
}
