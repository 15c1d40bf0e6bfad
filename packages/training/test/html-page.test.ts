import * as fc from 'fast-check';
import {
  escapeMarkup,
  htmlPage,
  htmlTable,
  imageWithBoxes,
  lineChartFile,
  lineChartSvg,
  metricSeries,
  trainingReport,
} from '../src';
import type { Summary } from '../src';
import { axisTicks } from '../src/line-chart';

const hostile = `"><script>alert('x')</script>&`;

describe('escapeMarkup', () => {
  it('leaves no character that opens a tag, an entity or ends an attribute', () => {
    expect(escapeMarkup('a<b>&"\'')).toBe('a&#60;b&#62;&#38;&#34;&#39;');
    fc.assert(fc.property(fc.string(), (text) => !/[<>"']|&(?!#\d+;)/.test(escapeMarkup(text))));
  });
});

describe('htmlPage', () => {
  it('escapes titles, texts of tables, labels of charts and names of boxes', () => {
    const series = [{ label: hostile, x: [0, 1], y: [0, 1] }];
    const dataUri = 'data:image/png;base64,AAAA';
    const box = { box: [0, 0, 1, 1], label: hostile, colour: 0 } as const;
    const html = htmlPage(hostile, [
      { title: hostile, body: htmlTable({ titles: [hostile], rows: [[hostile]] }) },
      { title: 'chart', body: lineChartSvg({ title: hostile, xLabel: hostile, yLabel: hostile, series }) },
      { title: 'image', body: imageWithBoxes({ dataUri, width: 4, height: 4, boxes: [box], caption: hostile }) },
    ]);
    expect(html).not.toContain('<script');
    expect(html).not.toContain("alert('");
  });

  it('forbids scripts and whatever lies outside the file, and fits light, dark and phones', () => {
    const html = htmlPage('title', []);
    expect(html).toContain("default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    expect(html).toContain('color-scheme:light dark');
    expect(html).toContain('width=device-width');
    expect(html).not.toMatch(/https?:/);
  });
});

describe('htmlTable', () => {
  it('aligns columns of numbers to the right', () => {
    const html = htmlTable({
      titles: ['name', 'AP'],
      rows: [
        ['cat', 0.5],
        ['dog', '0.71 ± 0.02'],
      ],
    });
    expect(html).toContain('<td>cat</td><td class="number">0.5</td>');
    expect(html).toContain('<td class="number">0.71 ± 0.02</td>');
  });
});

describe('lineChartFile', () => {
  it('is an SVG with its own colours and legend, whatever the texts are', () => {
    const label = '<script>alert(1)</script> & more';
    const svg = lineChartFile({ title: label, xLabel: 'x', yLabel: 'y', series: [{ label, x: [1, 2], y: [3, 4] }] });
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toMatch(/var\(|<script|NaN/);
    expect(svg.split(escapeMarkup(label))).toHaveLength(4); // name, title, legend
    expect(svg).toContain('stroke="#1764ab"');
  });
});

describe('lineChartSvg', () => {
  it('draws a line between the ends of the axes', () => {
    const series = [{ label: 'a', x: [0, 10], y: [0, 2] }];
    const svg = lineChartSvg({ title: 't', xLabel: 'x', yLabel: 'y', series });
    // The plot reaches from (80, 232) to (446, 12).
    expect(svg).toContain('points="80.0,232.0 446.0,12.0"');
  });

  it('breaks the line at a value that is not finite, and draws a lone point as a dot', () => {
    const series = [{ label: 'a', x: [0, 1, 2, 3, 4], y: [1, 1, NaN, 1, Infinity] }];
    const svg = lineChartSvg({ title: 't', xLabel: 'x', yLabel: 'y', series });
    expect(svg.match(/<polyline/g)).toHaveLength(1);
    expect(svg.match(/<circle/g)).toHaveLength(1);
    expect(svg).not.toContain('NaN');
  });

  it('keeps a peak among many points, in a small file', () => {
    const x = Array.from({ length: 100_000 }, (_, i) => i);
    const y = x.map((value) => (value === 33_333 ? 7 : Math.sin(value)));
    const svg = lineChartSvg({ title: 't', xLabel: 'x', yLabel: 'y', series: [{ label: 'a', x, y }] });
    expect(svg.length).toBeLessThan(25_000);
    expect(svg).toContain(',12.0'); // the top of the plot
  });

  it('copes with no data, one point and equal values', () => {
    for (const y of [[], [3], [0, 0], [-1, -1]]) {
      const series = [{ label: 'a', x: y.map((_, i) => i), y }];
      expect(lineChartSvg({ title: 't', xLabel: 'x', yLabel: 'y', series })).not.toMatch(/NaN|Infinity/);
    }
  });
});

describe('axisTicks', () => {
  it('gives round numbers within the range', () => {
    expect(axisTicks(0, 10)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(axisTicks(-0.3, 0.9).map((tick) => Number(tick.toFixed(6)))).toEqual([0, 0.5]);
    expect(axisTicks(0, 1).map((tick) => Number(tick.toFixed(6)))).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  });
});

describe('imageWithBoxes', () => {
  it('draws a box in pixels of the image, dashed where asked', () => {
    const boxes = [{ box: [10, 20, 110, 220] as const, label: 'cat 0.9', colour: 1, isDashed: true }];
    const svg = imageWithBoxes({ dataUri: 'data:image/jpeg;base64,/9j/', width: 300, height: 300, boxes });
    expect(svg).toContain('<rect x="10" y="20" width="100" height="200" fill="none" stroke="var(--series-1)"');
    expect(svg).toContain('stroke-dasharray="5 4"');
    expect(svg).toContain('cat 0.9</text>');
  });

  it('writes the names of coinciding boxes one under the other', () => {
    const box = [10, 40, 110, 220] as const;
    const boxes = ['cat 0.9', 'dog 0.4', ''].map((label, colour) => ({ box, label, colour }));
    const svg = imageWithBoxes({ dataUri: 'data:image/jpeg;base64,/9j/', width: 300, height: 300, boxes });
    // Above the upper edge, then below it, by the height of the letters.
    expect([...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"/g)].map(([, x, y]) => [x, y])).toEqual([
      ['12.4', '37'],
      ['12.4', '52'],
    ]);
  });

  it('takes no image that would be loaded from elsewhere', () => {
    const request = { dataUri: 'https://example.org/a.png', width: 1, height: 1, boxes: [] };
    expect(() => imageWithBoxes(request)).toThrow('no image in base64');
  });
});

describe('trainingReport', () => {
  it('charts each metric that was logged, and lists result and options', () => {
    const lines = [
      { kind: 'step', step: 1, epoch: 1, 'train/loss': 2, learningRate: 0.1 },
      { kind: 'step', step: 2, epoch: 1, 'train/loss': 1, learningRate: 0.1 },
      { kind: 'epoch', step: 2, epoch: 1, 'train/loss': 1.5, mAP: 0.25 },
    ];
    expect(metricSeries(lines, { kind: 'step', name: 'train/loss' })).toEqual({
      label: 'train/loss',
      x: [1, 2],
      y: [2, 1],
    });
    const summary: Summary = {
      stoppedBy: 'finished',
      ranks: 1,
      bestMetric: { name: 'mAP', mode: 'max' },
      best: { epoch: 1, metrics: { mAP: 0.25 } },
      last: null,
      epochs: 1,
      steps: 2,
      parameters: 12345,
      imagesPerSecond: 25.123,
      peakRssBytes: 2 ** 30,
      seconds: 75,
      device: 'CPU',
      versions: { node: '20' },
    };
    const html = trainingReport({ title: 'run', summary, lines, config: { lr: 0.1, clipNorm: undefined } });
    for (const text of ['0.25000 (epoch 1)', '12,345', '25.12 images/s', '1 min 15 s', '1024 MiB', '<td>lr</td>']) {
      expect(html).toContain(text);
    }
    expect(html.match(/<figure>/g)).toHaveLength(4);
    expect(html).not.toContain('clipNorm');
  });
});
