import { escapeMarkup } from './markup';

/** A part of a page. */
export interface PageSection {
  readonly title: string;
  /** Finished markup, as the functions of this package make it. Texts from outside go through `escapeMarkup`. */
  readonly body: string;
}

/** Colours of lines and boxes on a light and on a dark page; each has a contrast of at least 3:1 with its page. */
const palette = [
  ['#1764ab', '#6cb2f0'],
  ['#b8420f', '#f59a64'],
  ['#1f7a3d', '#6fcf8e'],
  ['#8b2fa8', '#d595ec'],
  ['#8a6100', '#e2bb4d'],
  ['#b3214e', '#f58aa9'],
  ['#00737a', '#58c9d0'],
  ['#5b5b5b', '#b9b9b9'],
] as const;

/** The CSS colour of the line, class or box of a number from 0; light or dark follows the page. */
export function seriesColour(index: number): string {
  return `var(--series-${index % palette.length})`;
}

/**
 * A whole HTML page in one text: no script, nothing loaded from elsewhere (a policy in the page forbids both), light
 * and dark as the reader's system says, readable at the width of a phone.
 */
export function htmlPage(title: string, sections: readonly PageSection[]): string {
  const body = sections.map(
    ({ title: heading, body }) => `<section><h2>${escapeMarkup(heading)}</h2>\n${body}</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>${styles()}</style>
</head>
<body>
<main>
<h1>${escapeMarkup(title)}</h1>
${body.join('\n')}
</main>
</body>
</html>
`;
}

/** Puts charts or images side by side as far as the width allows. */
export function figureGrid(figures: readonly string[]): string {
  return `<div class="grid">${figures.join('\n')}</div>`;
}

/** Markup with the colours of a light page in place of the page's CSS variables, which few viewers of SVG files know. */
export function withLightColours(markup: string): string {
  return markup
    .replace(/var\(--series-(\d+)\)/g, (_, index: string) => palette[Number(index)][0])
    .replaceAll('var(--line)', '#d9d9d9');
}

function styles(): string {
  const light = palette.map(([colour], i) => `--series-${i}:${colour};`).join('');
  const dark = palette.map(([, colour], i) => `--series-${i}:${colour};`).join('');
  return `
:root{color-scheme:light dark;--page:#fff;--text:#1b1b1b;--quiet:#595959;--line:#d9d9d9;${light}}
@media (prefers-color-scheme:dark){:root{--page:#151618;--text:#e8e8e8;--quiet:#a8a8a8;--line:#3a3c40;${dark}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif}
main{max-width:1100px;margin:0 auto;padding:1rem}
h1{font-size:1.5rem;overflow-wrap:anywhere}h2{font-size:1.2rem;margin-top:2rem;overflow-wrap:anywhere}
p{overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .75rem;border-bottom:1px solid var(--line);text-align:left}
.number{text-align:right}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:1rem;align-items:start}
figure{margin:0}figcaption{color:var(--quiet);font-size:.85rem;overflow-wrap:anywhere}
svg{display:block;width:100%;height:auto;max-width:640px}
svg text{fill:var(--text);font-family:system-ui,sans-serif}
.legend{display:flex;flex-wrap:wrap;gap:.15rem 1rem}.legend i{display:inline-block;width:1em;height:.2em;margin-right:.4em;vertical-align:middle}
`.trim();
}
