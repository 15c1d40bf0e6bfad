// From the runs of a row to its figures, and from figures to a table.
import { medianInterval } from '@featuremine/training';
import { exchangeLine } from './exchange-line.mjs';
import { filesLine } from './files-line.mjs';
import { growthLine, growthOf } from './growth.mjs';
import { modesLines } from './modes-lines.mjs';

/**
 * A row's figures: for each contender the fastest and the median step over all runs, images/s of both, and the highest
 * peak memory of a process; for the first contender its ratio to each other one (above 1: it is faster, or takes more
 * memory). `paired`, where a row has it, is {plain, other}: milliseconds of steps taken in turn in one process; it gives
 * the median of the ratios with its 95 % interval. The `unit` 'seconds' shows times instead of images/s; `note` is a sentence that
 * must stand beside the figures; `modes` are the row's further modes of its peers, measured or not. A
 * row with a `curve` has no ratios but a law.
 */
export function summarise({ name, title, contenders, extra, unit, note, curve }, runs, paired) {
  const modes = Object.entries(extra).map(([mode, { modeOf }]) => ({ name: mode, of: modeOf }));
  const all = { ...contenders, ...extra };
  const figures = Object.fromEntries(
    Object.entries(runs).map(([contender, list]) => [contender, figuresOf(list, all[contender].options.batchSize)]),
  );
  const [first, ...others] = Object.keys(figures);
  const ratios = {};
  for (const other of curve === undefined ? others : []) {
    const [a, b] = [figures[first], figures[other]];
    if (a.error !== undefined || b.error !== undefined) continue;
    ratios[other] = {
      byFastestStep: rounded(b.fastestMs / a.fastestMs),
      byMedianStep: rounded(b.medianMs / a.medianMs),
      peakRss: rounded(a.peakRssMb / b.peakRssMb),
    };
  }
  return {
    ...{ name, title, first, contenders: figures, ratios },
    ...(unit === undefined ? {} : { unit }),
    ...(note === undefined ? {} : { note }),
    ...(curve === undefined ? {} : { curve: growthOf(curve, Object.values(figures)) }),
    ...(modes.length === 0 ? {} : { modes }),
    ...(paired ? { paired: pairedFigures(paired) } : {}),
  };
}

function pairedFigures({ plain, other, error }) {
  if (error !== undefined) return { error };
  const { median, low, high } = medianInterval(other.map((ms, round) => ms / plain[round]));
  return { rounds: plain.length, median: rounded(median), low: rounded(low), high: rounded(high) };
}

function figuresOf(list, batchSize) {
  const failed = list.find(({ error }) => error !== undefined);
  if (failed) return { error: failed.error };
  const stepMs = list.flatMap((run) => run.stepMs).sort((a, b) => a - b);
  const medianMs = (stepMs[(stepMs.length - 1) >> 1] + stepMs[stepMs.length >> 1]) / 2;
  const { version, loss, detections, fileMb, isLimit } = list[0];
  const exchanges = list.flatMap((run) => run.exchangeMs ?? []).sort((a, b) => a - b);
  return {
    fastestMs: rounded(stepMs[0], 10),
    medianMs: rounded(medianMs, 10),
    imagesPerSecond: rounded((1000 * batchSize) / stepMs[0]),
    medianImagesPerSecond: rounded((1000 * batchSize) / medianMs),
    peakRssMb: Math.round(Math.max(...list.map((run) => run.peakRssMb))),
    steps: stepMs.length,
    ...(isLimit ? { isLimit } : {}),
    ...(version === undefined ? {} : { version }),
    ...(loss === undefined ? {} : { loss }),
    ...(detections === undefined ? {} : { detections }),
    ...(fileMb === undefined ? {} : { fileMb: rounded(fileMb, 10) }),
    ...(exchanges.length === 0
      ? {}
      : {
          exchangeMs: rounded(exchanges[exchanges.length >> 1], 10),
          bareExchangeMs: rounded(Math.min(...list.map((run) => run.bareExchangeMs)), 10),
        }),
  };
}

/** The table for people: one line a contender. */
export function tableOf(summaries) {
  const lines = [];
  for (const summary of summaries) {
    const { title, first, contenders, ratios, paired, unit } = summary;
    const isTime = unit === 'seconds';
    lines.push(title);
    const compared = summary.curve === undefined ? [`${first} is faster`, '(median)', 'memory'] : [];
    lines.push(cells('', isTime ? 'seconds' : 'images/s', '(median)', 'peak MB', ...compared));
    for (const [name, figures] of Object.entries(contenders)) {
      if (figures.error !== undefined) {
        lines.push(`  ${name}: failed: ${figures.error.trim().split('\n').at(-1)}`);
        continue;
      }
      const { fastestMs, medianMs, imagesPerSecond, medianImagesPerSecond, peakRssMb } = figures;
      const speeds = isTime
        ? [fastestMs / 1000, medianMs / 1000].map((value) => rounded(value))
        : [imagesPerSecond, medianImagesPerSecond];
      lines.push(cells(name, ...speeds, peakRssMb, ...comparedCells(figures, ratios[name])));
    }
    const files = filesLine(contenders);
    if (files !== undefined) lines.push(`  ${files}`);
    if (summary.curve !== undefined) lines.push(`  ${growthLine(summary.curve)}`);
    lines.push(...modesLines(summary).map((line) => `  ${line}`));
    const exchange = exchangeLine(contenders);
    if (exchange !== undefined) lines.push(`  ${exchange}`);
    if (paired !== undefined) lines.push(pairedLine(first, paired));
    lines.push('');
  }
  return `${lines.join('\n')}\n`;
}

/** A contender's ratios as they are shown: by the fastest and the median step, and of memory; of a limit, the share of it. */
export function comparedCells({ isLimit }, ratio) {
  if (ratio === undefined) return ['', '', ''];
  const { byFastestStep, byMedianStep, peakRss } = ratio;
  if (isLimit) return [...[byFastestStep, byMedianStep].map((share) => `${(100 * share).toFixed(0)} % of it`), ''];
  return [byFastestStep, byMedianStep, peakRss].map((value) => `${value.toFixed(3)}x`);
}

function pairedLine(first, { rounds, median, low, high, error }) {
  if (error !== undefined) return `  paired: failed: ${error.trim().split('\n').at(-1)}`;
  return `  paired, ${rounds} rounds in one process: ${first} takes ${median.toFixed(3)}x the time (95 %: ${low} to ${high})`;
}

function cells(name, ...values) {
  return `  ${name.padEnd(18)}${values.map((value) => ` ${String(value).padStart(16)}`).join('')}`.trimEnd();
}

function rounded(value, scale = 1000) {
  return Math.round(value * scale) / scale;
}
