import { classColour, escapeMarkup } from '../draw-detections';

/** A line of a chart. */
export interface ChartLine {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** What a chart shows and how. */
export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly ChartLine[];
  /** Ends of the y axis; by default from 0 to the largest value. */
  readonly yRange?: readonly [number, number];
  readonly xRange?: readonly [number, number];
}

const WIDTH = 460;
const HEIGHT = 300;
const MARGIN = { left: 48, right: 12, top: 30, bottom: 40 };
const LEGEND_ROW_PX = 16;

/** A line chart as an SVG element that needs no script and no style sheet. */
export function svgChart(chart: Chart): string {
  const [x0, x1] = chart.xRange ?? rangeOf(chart.lines.flatMap(({ x }) => [...x]));
  const [y0, y1] = chart.yRange ?? [0, rangeOf(chart.lines.flatMap(({ y }) => [...y]))[1]];
  const toX = (x: number): number => MARGIN.left + ((x - x0) / (x1 - x0 || 1)) * (WIDTH - MARGIN.left - MARGIN.right);
  const toY = (y: number): number =>
    HEIGHT - MARGIN.bottom - ((y - y0) / (y1 - y0 || 1)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const legendRows = Math.ceil(chart.lines.length / 3);
  const height = HEIGHT + legendRows * LEGEND_ROW_PX;
  const parts = [
    text(WIDTH / 2, 18, chart.title, { anchor: 'middle', size: 14 }),
    ...ticks(x0, x1).map((x) => gridLine([toX(x), MARGIN.top, toX(x), HEIGHT - MARGIN.bottom])),
    ...ticks(x0, x1).map((x) => text(toX(x), HEIGHT - MARGIN.bottom + 14, tickText(x), { anchor: 'middle' })),
    ...ticks(y0, y1).map((y) => gridLine([MARGIN.left, toY(y), WIDTH - MARGIN.right, toY(y)])),
    ...ticks(y0, y1).map((y) => text(MARGIN.left - 5, toY(y) + 4, tickText(y), { anchor: 'end' })),
    text(WIDTH / 2, HEIGHT - 8, `${chart.xLabel} → ${chart.yLabel}`, { anchor: 'middle' }),
    ...chart.lines.map(({ x, y }, i) => polyline(x, y, { toX, toY, colour: classColour(i) })),
    ...chart.lines.map(({ label }, i) => {
      const left = MARGIN.left + (i % 3) * 135;
      const baseline = HEIGHT + Math.floor(i / 3) * LEGEND_ROW_PX + 6;
      return (
        `<rect x="${left}" y="${baseline - 8}" width="10" height="8" fill="${classColour(i)}"/>` +
        text(left + 14, baseline, label, { anchor: 'start' })
      );
    }),
  ];
  const box = `viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img">${parts.join('')}</svg>`;
}

/** Round numbers that divide a range into three to seven parts. */
export function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough)!;
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, i) => (first + i) * step);
}

function rangeOf(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? [0, 1] : low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function polyline(
  x: readonly number[],
  y: readonly number[],
  { toX, toY, colour }: { toX: (x: number) => number; toY: (y: number) => number; colour: string },
): string {
  const points = x.flatMap((value, i) => {
    const height = y[i];
    return Number.isFinite(height) ? [`${toX(value).toFixed(1)},${toY(height).toFixed(1)}`] : [];
  });
  return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
}

function gridLine([x1, y1, x2, y2]: readonly [number, number, number, number]): string {
  return `<line x1="${x1.toFixed(1)}" y1="${y1.toFixed(1)}" x2="${x2.toFixed(1)}" y2="${y2.toFixed(1)}" stroke="#ddd"/>`;
}

function text(
  x: number,
  y: number,
  content: string,
  { anchor, size = 11 }: { anchor: 'start' | 'middle' | 'end'; size?: number },
): string {
  const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"`;
  return `<text ${place} font-size="${size}" font-family="sans-serif" fill="#333">${escapeMarkup(content)}</text>`;
}

function tickText(value: number): string {
  return String(Number(value.toPrecision(6)));
}
