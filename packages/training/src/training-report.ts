import { formatDuration } from '@featuremine/command-line';
import { htmlPage } from './html-page';
import type { PageSection } from './html-page';
import { htmlTable } from './html-table';
import { metricCharts } from './metric-charts';
import type { MetricsLine } from './read-metrics';
import type { Summary } from './summary';

/** Options of `trainingReport`. */
export interface TrainingReportOptions {
  readonly title: string;
  readonly summary: Summary;
  readonly lines: readonly MetricsLine[];
  readonly config: Readonly<Record<string, unknown>>;
  /** Images, as the run's task shows them. */
  readonly examples?: PageSection | undefined;
}

/** The report of a run as one HTML page: results, curves of all metrics, learning rate and speed, examples, options. */
export function trainingReport({ title, summary, lines, config, examples }: TrainingReportOptions): string {
  return htmlPage(title, [
    { title: 'Result', body: htmlTable({ titles: ['', ''], rows: resultRows(summary) }) },
    { title: 'Training steps', body: metricCharts([{ lines }], 'step') },
    { title: 'Epochs', body: metricCharts([{ lines }], 'epoch') },
    ...(examples === undefined ? [] : [examples]),
    { title: 'Options', body: htmlTable({ titles: ['key', 'value'], rows: configRows(config) }) },
  ]);
}

function resultRows(summary: Summary): [string, string][] {
  const { name } = summary.bestMetric;
  const best = summary.best?.metrics[name];
  return [
    ['ended', summary.stoppedBy],
    [`best ${name}`, best === undefined ? '–' : `${best.toPrecision(5)} (epoch ${summary.best!.epoch})`],
    ['epochs', String(summary.epochs)],
    ['steps', String(summary.steps)],
    ['parameters', summary.parameters?.toLocaleString('en') ?? '–'],
    ['speed', `${summary.imagesPerSecond.toPrecision(4)} images/s`],
    ['time', formatDuration(summary.seconds * 1000)],
    ['peak memory', `${(summary.peakRssBytes / 2 ** 20).toFixed(0)} MiB`],
    ['device', summary.device],
    [
      'versions',
      Object.entries(summary.versions)
        .map(([key, value]) => `${key} ${value}`)
        .join(', '),
    ],
  ];
}

function configRows(config: Readonly<Record<string, unknown>>): [string, string][] {
  const given = Object.entries(config).filter(([, value]) => value !== undefined);
  return given.map(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return [key, text.length > 300 ? `${text.slice(0, 297)}...` : text];
  });
}
