import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDevkit, readImageSet } from '@featuremine/voc';
import { DetectionList, evaluateVoc, groundTruthFromImageSet, type Evaluation } from '@featuremine/voc-eval';
import { dataFolder } from './support/data';
import { newFolder, vocEvalJson } from './support/run';

const folder = dataFolder('voc2007-test-full');
const results = join(folder ?? '', 'results/VOC2007/Main');
const evaluate = <T = Evaluation>(detections: string, ...flags: string[]): Promise<T> =>
  vocEvalJson(
    ...['run', '--voc', join(folder!, 'VOCdevkit'), '--set', '2007/test'],
    ...['--detections', detections, ...flags],
  );
const run = (...flags: string[]): Promise<Evaluation> => evaluate(results, ...flags);

/** The detections of at least a score, in files of their own. */
function withScoresFrom(least: number): string {
  const kept = newFolder();
  for (const name of readdirSync(results)) {
    const lines = readFileSync(join(results, name), 'utf8').split('\n');
    writeFileSync(join(kept, name), lines.filter((line) => Number(line.split(' ')[1]) >= least).join('\n'));
  }
  return kept;
}

(folder === undefined ? describe.skip : describe)('a real detector on all of VOC2007 test', () => {
  const expected = (): { npos: Record<string, number>; ndet: Record<string, number> } & Record<
    'ap_voc07_11point' | 'ap_area',
    Record<string, number>
  > => JSON.parse(readFileSync(join(folder!, 'expected.json'), 'utf8')) as ReturnType<typeof expected>;

  it.each([
    ['voc07', 0.677483, 'ap_voc07_11point'],
    ['voc10', 0.696757, 'ap_area'],
  ] as const)('has the known mAP and class APs by %s', async (protocol, mAP, key) => {
    const evaluation = await run('--protocol', protocol);
    const { npos, ndet, [key]: aps } = expected();
    expect(Math.abs(evaluation.mAP! - mAP)).toBeLessThan(1e-6);
    expect(Object.keys(evaluation.classes)).toEqual(Object.keys(npos));
    for (const [name, { ap, groundTruths, detections }] of Object.entries(evaluation.classes)) {
      expect({ name, groundTruths, detections }).toEqual({ name, groundTruths: npos[name], detections: ndet[name] });
      expect(Math.abs(ap! - aps[name])).toBeLessThan(1e-9);
    }
  });

  it.each([
    [['--protocol', 'voc10', '--iou', '0.50:0.95'], 0.327806],
    [['--protocol', 'voc07', '--no-plus-one'], 0.674917],
    [['--protocol', 'voc10', '--no-plus-one'], 0.69369],
    [['--protocol', 'voc07', '--difficult', 'ordinary'], 0.603594],
    [['--protocol', 'voc10', '--difficult', 'ordinary'], 0.613181],
  ])('has the known mAP with %j', async (flags, mAP) => {
    expect(Math.abs((await run(...flags)).mAP! - mAP)).toBeLessThan(1e-6);
  });

  it('gives what the table of docs/evaluation.md tells', async () => {
    const page = readFileSync(join(__dirname, '../../../docs/evaluation.md'), 'utf8');
    const rows = [...page.matchAll(/^\|.*?\| (?:`(--protocol .*)` )?\| (0\.\d{4}) \|$/gm)];
    const found: string[] = [];
    for (const [row, flags] of rows) {
      const least = /(0\.\d+) and more/.exec(row)?.[1];
      const detections = least === undefined ? results : withScoresFrom(Number(least));
      const asked = flags?.split(' ') ?? ['--protocol', 'voc07'];
      const { mAP, AP50 } = await evaluate<Evaluation & { AP50?: number }>(detections, ...asked);
      found.push((AP50 ?? mAP!).toFixed(4));
    }
    expect(rows.length).toBe(10);
    expect(found).toEqual(rows.map(([, , mAP]) => mAP));
  });

  it('gives AP 1 for every class when the ground truth is fed back', () => {
    const options = { onBadBox: 'keep', needsImages: false } as const;
    const truth = groundTruthFromImageSet(readImageSet(openDevkit(join(folder!, 'VOCdevkit')), '2007/test', options));
    const list = new DetectionList();
    truth.images.forEach(({ objects }, image) =>
      objects.forEach(({ classId, box }) => list.add(image, classId, 1, box)),
    );
    for (const protocol of ['voc07', 'voc10'] as const) {
      const { classes } = evaluateVoc({ groundTruth: truth, detections: list.detections(), protocol });
      for (const { ap } of Object.values(classes)) expect(ap).toBeCloseTo(1, 12);
    }
  });
});
