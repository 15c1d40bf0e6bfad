import type { Page } from 'playwright-core';

/** A piece of text with its colour and the colour behind it, both #rrggbb. */
export interface TextColour {
  readonly content: string;
  readonly text: string;
  readonly back: string;
}

/** All texts of the page that are visible, outside the picture. */
export function textColours(page: Page): Promise<TextColour[]> {
  return page.evaluate(() => {
    const hexOf = (colour: string): string | undefined => {
      const numbers = /^rgba?\(([^)]+)\)$/
        .exec(colour)![1]
        .split(/[ ,/]+/)
        .map(Number);
      if (numbers[3] === 0) return undefined;
      return `#${numbers
        .slice(0, 3)
        .map((value) => value.toString(16).padStart(2, '0'))
        .join('')}`;
    };
    const behind = (element: Element | null): string => {
      for (let at = element; at !== null; at = at.parentElement) {
        const colour = hexOf(getComputedStyle(at).backgroundColor);
        if (colour !== undefined) return colour;
      }
      throw new Error('nothing is behind the text');
    };
    const found: TextColour[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const content = walker.currentNode.textContent!.trim();
      const element = walker.currentNode.parentElement!;
      if (content === '' || !element.checkVisibility() || element.closest('option, .visually-hidden, noscript'))
        continue;
      found.push({ content, text: hexOf(getComputedStyle(element).color)!, back: behind(element) });
    }
    return found;
  });
}
