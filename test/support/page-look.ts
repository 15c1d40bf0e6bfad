import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** Where Chromium is; undefined, with a line that says so, where there is none. */
export const chromiumPath =
  process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
if (chromiumPath === undefined) process.stderr.write('skipped: no Chromium here; install chromium, or set CHROMIUM\n');

/** A colour, 0…255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A piece of text with its colour and the colour behind it. */
export interface SeenText {
  readonly content: string;
  readonly text: Colour;
  readonly back: Colour;
}

/**
 * All texts of a page that are visible. What is behind a text is the backgrounds around it, laid over each other; behind
 * a letter with an outline it is the outline.
 */
export function seenTexts(page: Page): Promise<SeenText[]> {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
    const paint = (colours: readonly string[]): [number, number, number] => {
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
      }
      const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
      return [red, green, blue];
    };
    const behind = (element: Element): string[] => {
      const colours: string[] = [];
      for (let at: Element | null = element; at !== null; at = at.parentElement) {
        colours.unshift(getComputedStyle(at).backgroundColor);
      }
      return ['#fff', ...colours];
    };
    const found: SeenText[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const content = walker.currentNode.textContent!.trim();
      const element = walker.currentNode.parentElement!;
      if (content === '' || !element.checkVisibility()) continue;
      const style = getComputedStyle(element);
      const isDrawn = element instanceof SVGElement;
      const back = isDrawn && style.stroke !== 'none' ? [style.stroke] : behind(element);
      found.push({ content, text: paint([...back, isDrawn ? style.fill : style.color]), back: paint(back) });
    }
    return found;
  });
}

/** Texts of a drawing that lie on one another by more than a pixel, in pairs: no reader can tell them apart. */
export function coveringTexts(page: Page): Promise<(readonly [string, string])[]> {
  return page.evaluate(() => {
    const found: (readonly [string, string])[] = [];
    for (const drawing of document.querySelectorAll('svg')) {
      const texts = [...drawing.querySelectorAll('text')].filter((text) => text.checkVisibility());
      const places = texts.map((text) => text.getBoundingClientRect());
      places.forEach((a, i) => {
        for (let j = 0; j < i; j++) {
          const b = places[j];
          const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          if (across > 1 && down > 1) found.push([texts[j].textContent, texts[i].textContent]);
        }
      });
    }
    return found;
  });
}

/** The colours of the curves of a page's charts, and of the marks of their legends, each with the colour behind it. */
export function curveColours(page: Page): Promise<{ readonly curve: Colour; readonly back: Colour }[]> {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
    const paint = (colour: string): [number, number, number] => {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
      return [red, green, blue];
    };
    const back = paint(getComputedStyle(document.documentElement).backgroundColor);
    const curves = [...document.querySelectorAll('svg polyline')].map((line) => getComputedStyle(line).stroke);
    const marks = [...document.querySelectorAll('.legend i')].map((mark) => getComputedStyle(mark).backgroundColor);
    return [...new Set([...curves, ...marks])].map((colour) => ({ curve: paint(colour), back }));
  });
}

/** The contrast of two colours, 1…21. Source: WCAG 2.2, "contrast ratio". */
export function contrast(a: Colour, b: Colour): number {
  const [darker, lighter] = [luminance(a), luminance(b)].sort((first, second) => first - second);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
