import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');
const textOf = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const resultsOf = <T>(name: string): T => JSON.parse(textOf('results', name)) as T;

const readme = textOf('README.md');
const results = textOf('docs', 'results.md');
const recipes = textOf('docs', 'recipes.md');

interface Scores {
  readonly arm: string;
  readonly scores: Readonly<Record<string, { readonly mean: number; readonly deviation: number }>>;
}

interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

interface SmallSamplesScore {
  readonly spread: Spread;
  readonly difference?: Spread;
  readonly interval?: readonly [number, number];
}

interface SmallSamplesArm {
  readonly arm: string;
  readonly last: SmallSamplesScore;
  readonly best: SmallSamplesScore;
}

interface JobFigures {
  readonly medianMs: number;
  readonly exchangeMs: number;
  readonly bareExchangeMs: number;
}

interface BenchRow {
  readonly contenders: Readonly<Record<string, JobFigures>>;
  readonly ratios: Readonly<Record<string, Readonly<Record<'byFastestStep' | 'peakRss', number>>>>;
  readonly paired?: Readonly<Record<'median' | 'low' | 'high', number>>;
  readonly machineBefore: { readonly load?: number; readonly busyPercent?: number; readonly stealPercent?: number };
}

const { rows: benchRows } = resultsOf<{ rows: Readonly<Record<string, BenchRow>> }>('bench.json');

function wasIdle({ load, busyPercent = 0, stealPercent = 0 }: BenchRow['machineBefore']): boolean {
  return load === undefined ? busyPercent + stealPercent < 5 : load <= 0.5;
}

describe('figures that documents quote', () => {
  it('of the three arms are those of results/chain-compare.json', () => {
    const { comparison } = resultsOf<{ comparison: { arms: Scores[]; differences: (Scores & { against: string })[] } }>(
      'chain-compare.json',
    );
    const row = ({ scores }: Scores, sign: string): string =>
      ['AP50', 'AP75', 'AP', 'mAP']
        .map((name) => `${sign}${scores[name].mean.toFixed(4)} ± ${scores[name].deviation.toFixed(4)}`)
        .join(' | ');
    for (const arm of comparison.arms) expect(results).toContain(` | ${row(arm, '')} |`);
    const mined = comparison.differences.find(({ arm, against }) => arm === 'fm' && against === 'baseline')!;
    expect(results).toContain(`paired | ${row(mined, '+')} |`);
    const averages = comparison.arms.map(({ scores: { AP } }) => `${AP.mean.toFixed(4)} ± ${AP.deviation.toFixed(4)}`);
    expect(readme).toContain(`| ${averages.join(', ')} |`);
  });

  it('of few images a class are those of results/small-samples.json', () => {
    const { files } = resultsOf<{ files: Readonly<Record<string, { content: { arms: SmallSamplesArm[] } }>> }>(
      'small-samples.json',
    );
    const cells = ({ spread, difference, interval }: SmallSamplesScore): string => {
      const gained = difference === undefined ? '' : `+${meanOf(difference)}`;
      return `${meanOf(spread)} | ${gained} | ${interval?.map((end) => end.toFixed(2)).join(' to ') ?? ''}`;
    };
    const meanOf = ({ mean, deviation }: Spread): string => `${mean.toFixed(2)} ± ${deviation.toFixed(2)}`;
    const quoted = results.replaceAll('−', '-').replaceAll(/ +/g, ' ');
    const { arms } = files['comparison.json'].content;
    expect(arms.map(({ arm }) => arm)).toEqual(expect.arrayContaining(['baseline', 'fm1', 'fm2']));
    for (const { last, best } of arms.slice(0, 3)) {
      expect(quoted).toContain(`| ${cells(last)} | ${cells(best)} |`.replaceAll(/ +/g, ' '));
    }
  });

  it('of the three arms on photographs are those of results/chain-voc2007.json', () => {
    const { results: arms } = resultsOf<{ results: { scores: Readonly<Record<string, number>> }[] }>(
      'chain-voc2007.json',
    );
    expect(arms.length).toBe(3);
    for (const { scores } of arms) {
      const row = ['AP50', 'AP75', 'AP', 'mAP'].map((name) => scores[name].toFixed(4)).join(' | ');
      expect(results).toContain(` | ${row} |`);
    }
  });

  it('of exports are those of results/exports.json', () => {
    const { results: runtimes, weights } = resultsOf<{
      results: { paired: number; unpaired: number; score: number; boxPx: number; runtime: string }[];
      weights: { stored: { weights: string; sizeBytes: number; logits: number; mAP: number }[] };
    }>('exports.json');
    const page = textOf('docs', 'export.md');
    const worst = (of: (each: (typeof runtimes)[number]) => number): string =>
      Math.max(...runtimes.map(of)).toExponential(1);
    expect(page).toContain(`worst score ${worst(({ score }) => score)}, worst box ${worst(({ boxPx }) => boxPx)} px`);
    expect(readme).toContain(`the same ${runtimes[0].paired} detections, scores within ${worst(({ score }) => score)}`);
    expect(runtimes.map(({ paired, unpaired }) => [paired, unpaired])).toEqual(runtimes.map(() => [181, 0]));
    for (const { weights: form, sizeBytes, logits, mAP } of weights.stored) {
      const cells = [`${(sizeBytes / 2 ** 20).toFixed(1)} MiB`, (100 * mAP).toFixed(2), logits.toExponential(1)];
      const found = page.split('\n').find((line) => line.startsWith(`| \`${form}\``) && line.includes('MiB'));
      expect(found?.split('|').map((cell) => cell.trim())).toEqual(['', `\`${form}\``, ...cells, '']);
    }
  });

  it('of parity are those of results/parity.json', () => {
    const { comparisons } = resultsOf<{ comparisons: { what: string; distance: number }[] }>('parity.json');
    const outputs = comparisons.filter(({ what }) => !/loss|gradients|running statistics/.test(what));
    const distance = (...names: string[]): string =>
      Math.max(...names.map((name) => comparisons.find(({ what }) => what === name)!.distance)).toExponential(1);
    const [logits, loss, gradients] = ['logits', 'loss', 'gradients, relative L2'].map((name) =>
      distance(`resnet50 ${name}`),
    );
    const maps = ['v1', 'v2'].map((form) => distance(`retinanet ${form} logits and deltas`));
    const slopes = ['v1', 'v2'].map((form) => distance(`retinanet ${form} gradients, relative L2`));
    expect(results).toContain(`all ${comparisons.length} comparisons pass`);
    expect(results).toContain(`| ResNet-50, logits (evaluation) | ${logits} |`);
    expect(results).toContain(`| ResNet-50, loss | ${loss} |`);
    expect(results).toContain(`| ResNet-50, gradients | ${gradients} |`);
    expect(results).toContain(`| ${maps.join(', ')} | 1e-4 |`);
    expect(results).toContain(`gradients | ${slopes.join(', ')} | 1e-3 |`);
    const most = Math.max(...outputs.map((output) => output.distance)).toExponential(1);
    const losses = Math.max(...comparisons.filter(({ what }) => what.includes('loss')).map((one) => one.distance));
    expect(readme).toContain(`| within ${most}; ${losses.toExponential(1)}; ${slopes[1]} |`);
  });

  it('of the demo, the evaluation and the photographs by heart are those of results/', () => {
    const { scores } = resultsOf<{ scores: Readonly<Record<string, number>> }>('demo.json');
    const [mAP, ...others] = ['mAP', 'AP50', 'AP75', 'AP'].map((name) => scores[name].toFixed(3));
    const named = others.map((value, i) => `${['AP50', 'AP75', 'AP'][i]} ${value}`).join(', ');
    expect(results).toContain(`mAP ${mAP} (voc07), ${named}`);
    expect(readme).toContain(`on unseen images | ${mAP} |`);

    const { protocols } = resultsOf<{ protocols: { mAP: number; expected: number }[] }>('voc-eval.json');
    const means = protocols.map((protocol) => protocol.mAP.toFixed(6));
    expect(protocols.map(({ expected }) => expected.toFixed(6))).toEqual(means);
    expect(readme).toContain(`| ${means.join('; ')}, as three other implementations |`);
    for (const mean of means) expect(results).toContain(`| ${mean} | ${mean} |`);

    const { evaluations } = resultsOf<{ evaluations: { step: number; mAP: number }[] }>('overfit.json');
    for (const { step, mAP } of evaluations.slice(-2)) {
      expect(results).toContain(`${mAP.toFixed(3)} after ${step} steps`);
    }
  });

  it('of the training from scratch are those of results/from-scratch.json', () => {
    const { AP50, AP75, AP, classes } = resultsOf<
      Readonly<Record<'AP50' | 'AP75' | 'AP', number>> & { classes: Readonly<Record<string, { AP: number }>> }
    >('from-scratch.json');
    const [first, ...others] = [AP50, AP75, AP].map((value) => value.toFixed(3));
    expect(results).toContain(`| all classes | ${[first, ...others].join(' | ')} |`);
    for (const [name, { AP: value }] of Object.entries(classes))
      expect(results).toContain(`${name} ${value.toFixed(3)}`);
    expect(recipes).toContain(`AP50 ${first}, AP ${others[1]}`);
  });

  it('of the recipes’ times are those of results/recipe-times.json', () => {
    const { rows } = resultsOf<{ rows: { name: string; imagesPerSecond: number }[] }>('recipe-times.json');
    for (const { name, imagesPerSecond } of rows) {
      const row = recipes.split('\n').find((line) => line.startsWith(`| \`${name}\` | `));
      expect(row).toContain(` | ${imagesPerSecond.toFixed(2)} | `);
    }
  });

  it('of the trainings beside torchvision are those of results/compare-bccd.json', () => {
    type Figure = Readonly<Record<'AP50' | 'AP', { readonly mean: number; readonly standardError: number }>>;
    const compared = resultsOf<{ torchvision: Figure; ours: Figure }>('compare-bccd.json');
    for (const { AP50, AP } of [compared.torchvision, compared.ours]) {
      const [first, last] = [AP50, AP].map((of) => `${of.mean.toFixed(4)} ± ${of.standardError.toFixed(4)}`);
      const row = results.split('\n').find((line) => line.includes(` | ${first} | `));
      expect(row).toContain(` | ${last} |`);
    }
  });

  it('of speed in the README are those of results/bench.json, and say whether the machine was idle', () => {
    const table = readme.slice(readme.indexOf('<!-- speed -->'), readme.indexOf('<!-- /speed -->'));
    const lines = table.trim().split('\n').slice(3);
    const short = (ratio: number): string => `${ratio < 10 ? ratio.toFixed(3) : ratio.toPrecision(3)}x`;
    const line = (label: string, separator: string, ...quoted: [row: string, peer: string][]): string => {
      const ratios = quoted.map(([row, peer]) => benchRows[row].ratios[peer]);
      const [speed, memory] = (['byFastestStep', 'peakRss'] as const).map((key) =>
        ratios.map((each) => short(each[key])).join(separator),
      );
      const idle = quoted.every(([row]) => wasIdle(benchRows[row].machineBefore)) ? 'yes' : 'no';
      return `| ${label} | ${speed} | ${memory} | ${idle} |`;
    };
    // The faster of PyTorch's modes.
    const resnet = (precision: string, mode: string, peer: string): string =>
      line(
        `ResNet-50 training step, 16 images, ${precision}, against ${mode}; Keras`,
        '; ',
        [`resnet50-${precision}`, peer],
        [`resnet50-${precision}`, 'keras'],
      );
    const trained = (precision: string): string =>
      `RetinaNet-R50 training step, 256 and 512 px, ${precision}, against torchvision`;
    const precisions = ['float32', 'bfloat16'];
    expect(lines).toEqual([
      resnet('float32', 'PyTorch with torch.compile', 'pytorch-compiled'),
      resnet('bfloat16', 'PyTorch', 'pytorch'),
      ...precisions.map((precision) => {
        const sides = [256, 512].map(
          (side) => [`retinanet-train-${side}-${precision}`, 'torchvision'] as [string, string],
        );
        return line(trained(precision), ', ', ...sides);
      }),
      line(
        'RetinaNet-R50 inference, 512 px, float32, bfloat16, against torchvision with torch.compile',
        ', ',
        ...precisions.map((precision): [string, string] => [
          `retinanet-infer-512-${precision}`,
          'torchvision-compiled',
        ]),
      ),
      ...['from memory', 'whole command'].map((what, i) => {
        const row = ['voc-eval-coco-memory', 'voc-eval-coco-command'][i];
        const label = `COCO's numbers of VOC2007 test, ${what}, against faster-coco-eval; pycocotools`;
        return line(label, '; ', [row, 'faster-coco-eval'], [row, 'pycocotools']);
      }),
    ]);
  });

  it('of Feature Mining’s cost are those of results/bench.json', () => {
    const [one, two] = [1, 2].map((stages) => {
      const { median, low, high } = benchRows[`feature-mining-${stages}`].paired!;
      return [median, low, high].map((value) => value.toFixed(3));
    });
    const text = results.replaceAll('\n', ' ');
    expect(text).toContain(`takes ${one[0]} of the plain step's time on one stage (95 %: ${one[1]} to ${one[2]})`);
    expect(text).toContain(`and ${two[0]} (${two[1]} to ${two[2]}) on two.`);
  });

  it('of stock tfjs-node in docs/results.md are those of results/bench.json', () => {
    const [first, second, third, fourth] = ['resnet50', 'resnet56'].flatMap((model) =>
      ['float32', 'bfloat16'].map((precision) => {
        const { byFastestStep } = benchRows[`stock-${model}-${precision}`].ratios['stock tfjs-node'];
        return byFastestStep.toFixed(1);
      }),
    );
    expect(results.replaceAll('\n', ' ')).toContain(
      `is ${first} times as fast for ResNet-50 in float32 and ${second} times in bfloat16, ${third} and ${fourth} times for`,
    );
  });

  it('of jobs in docs/distributed.md are those of results/bench.json', () => {
    const page = textOf('docs', 'distributed.md').replaceAll('\n', ' ');
    const [float32, bfloat16] = ['float32', 'bfloat16'].map(
      (precision) => benchRows[`all-reduce-${precision}`].contenders['two processes'],
    );
    const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
    const share = ({ exchangeMs, medianMs }: JobFigures): string => `${((100 * exchangeMs) / medianMs).toFixed(1)} %`;
    const [first, second] = [float32, bfloat16].map((job) => [whole(job.exchangeMs), whole(job.medianMs), share(job)]);
    const bareMs = [float32, bfloat16].map(({ bareExchangeMs }) => whole(bareExchangeMs));
    expect(page).toContain(
      `summing took ${first[0]} ms of a step of ${first[1]} ms in float32 (${first[2]}) and ${second[0]} ms of ` +
        `${second[1]} ms in bfloat16 (${second[2]}), ${bareMs.join(' and ')} ms of it`,
    );
    expect(page).toContain(`the measured sum of ${bareMs.join(' to ')} ms is`);
    const computeMs = [float32, bfloat16].map(({ medianMs, exchangeMs }) => medianMs - exchangeMs);
    const near = (ms: number): string => (5 * Math.round(ms / 5)).toLocaleString('en-US');
    expect(page).toContain(`(${near(computeMs[0])} ms in float32, ${near(computeMs[1])} ms in bfloat16)`);

    // A job of so many machines of 16 images each, with the all-reduce that the line assumes.
    const lines = textOf('docs', 'distributed.md').matchAll(
      /^\| (\d+)(?: \(measured\))? \| [\d,]+ \| (.*ms) \| (.*) \| (.*) \|$/gm,
    );
    const estimates = [...lines].filter(([, , reduced]) => !reduced.includes('|'));
    expect(estimates).toHaveLength(4);
    for (const [, machines, reduced, ...cells] of estimates) {
      const reducedMs = reduced.split(', ').map((ms) => parseFloat(ms));
      cells.forEach((cell, i) => {
        const stepMs = computeMs[i] + reducedMs[Math.min(i, reducedMs.length - 1)];
        const [speed, ideal] = cell.split(/, (?=\d+ %$)/);
        expect(Number(speed.replace(',', '')) / ((16_000 * Number(machines)) / stepMs)).toBeCloseTo(1, 1.7);
        expect(Math.abs(parseFloat(ideal) - (100 * computeMs[i]) / stepMs)).toBeLessThan(1);
      });
    }
  });
});
