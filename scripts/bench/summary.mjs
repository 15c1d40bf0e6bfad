// From the runs of a row to its figures, and from figures to a table.

/**
 * A row's figures: for each contender the fastest and the median step over all runs, images/s of both, and the highest
 * peak memory of a process; for the first contender its ratio to each other one (above 1: it is faster, or takes more
 * memory).
 */
export function summarise({ name, title, contenders, extra }, runs) {
  const batchSize = Object.values({ ...contenders, ...extra })[0].options.batchSize;
  const figures = Object.fromEntries(
    Object.entries(runs).map(([contender, list]) => [contender, figuresOf(list, batchSize)]),
  );
  const [first, ...others] = Object.keys(figures);
  const ratios = {};
  for (const other of others) {
    const [a, b] = [figures[first], figures[other]];
    if (a.error !== undefined || b.error !== undefined) continue;
    ratios[other] = {
      byFastestStep: rounded(b.fastestMs / a.fastestMs),
      byMedianStep: rounded(b.medianMs / a.medianMs),
      peakRss: rounded(a.peakRssMb / b.peakRssMb),
    };
  }
  return { name, title, first, contenders: figures, ratios };
}

function figuresOf(list, batchSize) {
  const failed = list.find(({ error }) => error !== undefined);
  if (failed) return { error: failed.error };
  const stepMs = list.flatMap((run) => run.stepMs).sort((a, b) => a - b);
  const medianMs = (stepMs[(stepMs.length - 1) >> 1] + stepMs[stepMs.length >> 1]) / 2;
  const { version, loss, detections } = list[0];
  return {
    fastestMs: rounded(stepMs[0], 10),
    medianMs: rounded(medianMs, 10),
    imagesPerSecond: rounded((1000 * batchSize) / stepMs[0]),
    medianImagesPerSecond: rounded((1000 * batchSize) / medianMs),
    peakRssMb: Math.round(Math.max(...list.map((run) => run.peakRssMb))),
    steps: stepMs.length,
    ...(version === undefined ? {} : { version }),
    ...(loss === undefined ? {} : { loss }),
    ...(detections === undefined ? {} : { detections }),
  };
}

/** The table for people: one line a contender. */
export function tableOf(summaries) {
  const lines = [];
  for (const { title, first, contenders, ratios } of summaries) {
    lines.push(title);
    lines.push(cells('', 'images/s', '(median)', 'peak MB', `${first} is faster`, '(median)', 'memory'));
    for (const [name, figures] of Object.entries(contenders)) {
      if (figures.error !== undefined) {
        lines.push(`  ${name}: failed: ${figures.error.trim().split('\n').at(-1)}`);
        continue;
      }
      const { imagesPerSecond, medianImagesPerSecond, peakRssMb } = figures;
      const ratio = ratios[name];
      const compared = ratio
        ? [`${ratio.byFastestStep}x`, `${ratio.byMedianStep}x`, `${ratio.peakRss}x`]
        : ['', '', ''];
      lines.push(cells(name, imagesPerSecond, medianImagesPerSecond, peakRssMb, ...compared));
    }
    lines.push('');
  }
  return `${lines.join('\n')}\n`;
}

function cells(name, ...values) {
  return `  ${name.padEnd(18)}${values.map((value) => String(value).padStart(16)).join('')}`.trimEnd();
}

function rounded(value, scale = 1000) {
  return Math.round(value * scale) / scale;
}
