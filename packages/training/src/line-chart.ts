import { seriesColour, withLightColours } from './html-page';
import { escapeMarkup } from './markup';

/** A line of a chart. */
export interface ChartSeries {
  readonly label: string;
  /** Rising, or in any order for curves such as precision over recall. */
  readonly x: readonly number[];
  /** As long as x; a value that is not finite breaks the line. */
  readonly y: readonly number[];
}

/** Options of `lineChartSvg`. */
export interface LineChartOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly ChartSeries[];
  /** Ends of the axes; by default those of the data, and 0 for y where nothing is below it. */
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
}

const size = { width: 456, height: 280 };
const plot = { left: 80, right: 446, top: 12, bottom: 232 };
const maxPoints = 1000;

/** A line chart as a figure with an SVG for `htmlPage`: no script, colours of the page, legend as text. */
export function lineChartSvg(options: LineChartOptions): string {
  const { title, series } = options;
  // One line that is named like the chart needs no legend.
  const named = series.length === 1 && series[0].label === title ? [] : series;
  const legend = named.map(
    ({ label }, i) => `<span><i style="background:${seriesColour(i)}"></i>${escapeMarkup(label)}</span>`,
  );
  return `<figure><figcaption><strong>${escapeMarkup(title)}</strong></figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${nameOf(options)}">${drawn(options).join('')}</svg>
<figcaption class="legend">${legend.join('')}</figcaption></figure>`;
}

/** A line chart as an SVG file of its own, with title, legend and light colours. */
export function lineChartFile(options: LineChartOptions): string {
  const { title, series } = options;
  const line = 22;
  const height = line + size.height + line * series.length;
  const legend = series.map(({ label }, i) => {
    const y = line + size.height + line * (i + 0.5);
    const mark = `<rect x="${plot.left}" y="${y - 2}" width="18" height="4" fill="${seriesColour(i)}"/>`;
    return mark + text({ x: plot.left + 26, y: y + 5, anchor: 'start' }, label);
  });
  return withLightColours(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${height}" width="${2 * size.width}" font-family="system-ui,sans-serif" role="img" aria-label="${nameOf(options)}">
<rect width="100%" height="100%" fill="#fff"/>
${text({ x: size.width / 2, y: 16, anchor: 'middle' }, title)}
<g transform="translate(0 ${line})">${drawn(options).join('')}</g>
${legend.join('\n')}
</svg>
`);
}

function nameOf({ title, xLabel, yLabel }: LineChartOptions): string {
  return escapeMarkup(`${title}: ${yLabel} over ${xLabel}`);
}

function drawn(options: LineChartOptions): string[] {
  const { xLabel, yLabel, series } = options;
  const [xLow, xHigh] = options.xRange ?? rangeOf(series.flatMap(({ x }) => [...x]));
  const [yLow, yHigh] = options.yRange ?? withZero(rangeOf(series.flatMap(({ y }) => [...y])));
  const toX = (x: number): number => plot.left + ((x - xLow) / (xHigh - xLow)) * (plot.right - plot.left);
  const toY = (y: number): number => plot.bottom - ((y - yLow) / (yHigh - yLow)) * (plot.bottom - plot.top);
  return [
    ...axisTicks(xLow, xHigh).map((x) => verticalTick(toX(x), x)),
    ...axisTicks(yLow, yHigh).map((y) => horizontalTick(toY(y), y)),
    text({ x: (plot.left + plot.right) / 2, y: size.height - 8, anchor: 'middle' }, xLabel),
    `<g transform="rotate(-90 14 ${(plot.top + plot.bottom) / 2})">`,
    text({ x: 14, y: (plot.top + plot.bottom) / 2, anchor: 'middle' }, yLabel),
    '</g>',
    ...series.flatMap(({ x, y }, i) => pathsOf(thin(x, y), { toX, toY, colour: seriesColour(i) })),
  ];
}

/** Three to seven round numbers within a range. */
export function axisTicks(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999)!;
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
  if (low > high) return [0, 1];
  if (low < high) return [low, high];
  const around = Math.abs(low) / 2 || 0.5;
  return [low - around, low + around];
}

function withZero([low, high]: [number, number]): [number, number] {
  return low > 0 ? [0, high] : [low, high];
}

// The lowest and the highest value of each stretch: peaks stay, and the file stays small.
function thin(x: readonly number[], y: readonly number[]): [number, number][] {
  const points = x.map((value, i): [number, number] => [value, y[i]]);
  if (points.length <= maxPoints) return points;
  const stretch = Math.ceil((2 * points.length) / maxPoints);
  const kept: [number, number][] = [];
  for (let start = 0; start < points.length; start += stretch) {
    const part = points.slice(start, start + stretch);
    const ends = [part.reduce((a, b) => (b[1] < a[1] ? b : a)), part.reduce((a, b) => (b[1] > a[1] ? b : a))];
    kept.push(...(part.indexOf(ends[0]) <= part.indexOf(ends[1]) ? ends : ends.reverse()));
  }
  return kept;
}

function pathsOf(
  points: readonly (readonly [number, number])[],
  draw: { toX: (x: number) => number; toY: (y: number) => number; colour: string },
): string[] {
  const lines: string[][] = [[]];
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) lines.push([]);
    else lines.at(-1)!.push(`${draw.toX(x).toFixed(1)},${draw.toY(y).toFixed(1)}`);
  }
  return lines.flatMap((line) => {
    if (line.length === 0) return [];
    const [x, y] = line[0].split(',');
    if (line.length === 1) return [`<circle cx="${x}" cy="${y}" r="2.5" fill="${draw.colour}"/>`];
    return [`<polyline points="${line.join(' ')}" fill="none" stroke="${draw.colour}" stroke-width="1.8"/>`];
  });
}

function verticalTick(x: number, value: number): string {
  const line = `<line x1="${x.toFixed(1)}" y1="${plot.top}" x2="${x.toFixed(1)}" y2="${plot.bottom}" stroke="var(--line)"/>`;
  return line + text({ x, y: plot.bottom + 18, anchor: 'middle' }, tickText(value));
}

function horizontalTick(y: number, value: number): string {
  const line = `<line x1="${plot.left}" y1="${y.toFixed(1)}" x2="${plot.right}" y2="${y.toFixed(1)}" stroke="var(--line)"/>`;
  return line + text({ x: plot.left - 5, y: y + 5, anchor: 'end' }, tickText(value));
}

function text(at: { x: number; y: number; anchor: 'start' | 'middle' | 'end' }, content: string): string {
  const place = `x="${at.x.toFixed(1)}" y="${at.y.toFixed(1)}" text-anchor="${at.anchor}"`;
  return `<text ${place} font-size="15">${escapeMarkup(content)}</text>`;
}

function tickText(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e5) return `${Number((value / 1000).toPrecision(6))}k`;
  return size !== 0 && size < 1e-3 ? value.toExponential(0) : String(Number(value.toPrecision(6)));
}
