import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');
const textOf = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const resultsOf = <T>(name: string): T => JSON.parse(textOf('results', name)) as T;

const readme = textOf('README.md');
const results = textOf('docs', 'results.md');

interface Scores {
  readonly arm: string;
  readonly scores: Readonly<Record<string, { readonly mean: number; readonly deviation: number }>>;
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
    const [least, most, steepest] = [logits, maps[1], slopes[1]];
    expect(readme).toContain(`| within ${least} to ${most}; ${loss}; ${steepest} |`);
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

  it('of the trainings beside torchvision are those of results/compare-bccd.json', () => {
    type Figure = Readonly<Record<'AP50' | 'AP', { readonly mean: number; readonly standardError: number }>>;
    const compared = resultsOf<{ torchvision: Figure; ours: Figure }>('compare-bccd.json');
    for (const { AP50, AP } of [compared.torchvision, compared.ours]) {
      const [first, last] = [AP50, AP].map((of) => `${of.mean.toFixed(4)} ± ${of.standardError.toFixed(4)}`);
      const row = results.split('\n').find((line) => line.includes(` | ${first} | `));
      expect(row).toContain(` | ${last} |`);
    }
  });
});
