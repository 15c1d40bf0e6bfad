import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CocoEvaluation, ErrorBreakdown, Evaluation, PairedComparison } from '@featuremine/voc-eval';
import { Random } from '@featuremine/random';
import { newFolder, vocEval, vocEvalJson } from './support/run';
import { smallKit } from './support/shapes-kit';

const kit = smallKit();
const classes = ['--classes', 'cat,dog'];
const truth = ['--voc', kit.voc, '--set', '2007/test', ...classes];
const found = ['--detections', kit.detections];

describe('voc-eval run', () => {
  it('prints one JSON object with protocol, iou, mAP and classes', async () => {
    expect(await vocEvalJson('run', ...truth, ...found, '--protocol', 'voc10')).toEqual({
      protocol: 'voc10',
      iou: 0.5,
      plusOne: true,
      difficult: 'ignore',
      mAP: 1,
      classes: {
        cat: { ap: 1, groundTruths: 1, detections: 2 },
        dog: { ap: 1, groundTruths: 1, detections: 2 },
      },
    });
  });

  it('names the protocol beside the table', async () => {
    const { stdout } = await vocEval('run', ...truth, ...found, '--protocol', 'voc07', '--no-plus-one', '--iou', '0.3');
    expect(stdout).toContain(
      'VOC 2007 AP (11 points), IoU ≥ 0.3, box widths without the +1, difficult objects are ignored',
    );
    expect(stdout).toMatch(/mAP\s+100\.00/);
  });

  it('counts difficult objects when told so', async () => {
    const { classes } = await vocEvalJson<Evaluation>('run', ...truth, ...found, '--difficult', 'ordinary');
    expect(classes['dog']).toEqual({ ap: 1, groundTruths: 2, detections: 2 });
  });

  it('takes one devkit file, and gives classes without a file 0 with a warning', async () => {
    const file = join(kit.detections, 'comp4_det_test_cat.txt');
    const { code, stdout, stderr } = await vocEval('run', ...truth, '--detections', file, '--json');
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Evaluation).classes['dog']).toMatchObject({ ap: 0, detections: 0 });
    expect(stderr).toMatch(/warning: .*no detections of dog/);
  });

  it('counts all odd boxes, of which it names ten', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'comp4_det_test_cat.txt'), '000001 0.5 -3 1 20 20\n'.repeat(1500));
    const { code, stderr } = await vocEval('run', ...truth, '--detections', folder, '--json');
    expect(code).toBe(0);
    expect(stderr.match(/begins before pixel 1/g)).toHaveLength(10);
    expect(stderr).toContain('and 1490 warnings more');
  });

  it("takes this project's JSON", async () => {
    const file = join(newFolder(), 'predicted.json');
    const detections = [{ class: 'cat', score: 0.9, box: [0, 0, 20, 20] }];
    writeFileSync(file, JSON.stringify({ images: [{ file: 'x/000001.jpg', width: 100, height: 80, detections }] }));
    const { classes } = await vocEvalJson<Evaluation>('run', ...truth, '--detections', file);
    expect(classes['cat']).toEqual({ ap: 1, groundTruths: 1, detections: 1 });
  });

  it('adds errors, curves, confusion and intervals to the JSON when asked', async () => {
    const more = ['--errors', '--curves', '--confusion', '--bootstrap', '50'];
    const result = await vocEvalJson<{
      errors: ErrorBreakdown;
      curves: Record<string, { best: unknown }>;
      confusion: { counts: number[][] };
      bootstrap: { intervals: Record<string, { low: number; high: number }> };
    }>('run', ...truth, ...found, ...more);
    // As tidecv counts: the detection on the difficult dog is named too, though it costs nothing.
    expect(result.errors.all.counts.background).toBe(2);
    expect(result.curves['dog'].best).toEqual({ score: 0.8, f1: 1, precision: 1, recall: 1 });
    expect(result.confusion.counts).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
    expect(result.bootstrap.intervals['mAP']).toEqual({ low: 1, high: 1 });
  });

  it('writes CSV and a report', async () => {
    const folder = newFolder();
    const files = ['--csv', join(folder, 'ap.csv'), '--report', join(folder, 'report.html')];
    expect((await vocEval('run', ...truth, ...found, ...files)).code).toBe(0);
    expect(readFileSync(join(folder, 'ap.csv'), 'utf8')).toBe(
      'class,ap,ground_truths,detections,protocol,iou\ncat,1,1,2,voc07,0.5\ndog,1,1,2,voc07,0.5\nmAP,1,,,voc07,0.5\n',
    );
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('<h2>Classes</h2>');
  });

  it.each([
    [['run', ...truth], '--detections', 'missing'],
    [['run', ...found], 'ground truth', 'expected either --voc DEVKIT'],
    [['run', ...truth, ...found, '--iou', '1.5'], '--iou', 'above 0 and up to 1'],
    [['run', ...truth, ...found, '--protocol', 'coco', '--iou', '0.5'], '--iou', 'its own thresholds'],
    [['run', ...truth, ...found, '--difficult', 'crowd'], '--difficult', 'no crowds'],
    [['run', ...truth, '--detections', join(kit.voc, 'nowhere')], 'nowhere', ''],
    [['run', ...truth, ...found, '--protocl', 'voc07'], '--protocl', '--protocol'],
    [['run', '--voc', '/nowhere', '--set', '2007/test', ...found], '/nowhere', ''],
    [['validate', kit.voc, '--set', '2007/test'], '--set', 'with a PATH'],
  ])('refuses %j with exit code 2, naming where and what', async (argv, where, what) => {
    const { code, stdout, stderr } = await vocEval(...argv, '--json');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(where);
    expect(stderr).toContain(what);
    expect(stderr).not.toContain('    at ');
  });

  it('leaves odd boxes out, clips them or fails, as --on-bad-box says', async () => {
    const voc = newFolder();
    cpSync(kit.voc, voc, { recursive: true });
    const file = join(voc, 'VOC2007/Annotations/000001.xml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('<xmax>20</xmax>', '<xmax>120</xmax>'));
    const run = (policy: string): ReturnType<typeof vocEval> => {
      const source = ['--voc', voc, '--set', '2007/test', ...classes, ...found];
      return vocEval('run', ...source, '--on-bad-box', policy, '--json');
    };
    const objects = async (policy: string): Promise<number> => {
      return (JSON.parse((await run(policy)).stdout) as Evaluation).classes['cat'].groundTruths;
    };
    expect([await objects('keep'), await objects('skip'), await objects('clip')]).toEqual([1, 0, 1]);
    expect((await run('skip')).stderr).toContain('objects left out 1, boxes clipped 0');
    const { code, stderr } = await run('fail');
    expect(code).toBe(2);
    expect(stderr).toContain('object 1 (cat)');
  });

  it('refuses a class that is named twice, of a devkit and of a COCO file', async () => {
    const coco = join(newFolder(), 'coco.json');
    await vocEval('convert', '--to', 'coco', ...truth, '--out', coco);
    for (const source of [
      ['--voc', kit.voc, '--set', '2007/test'],
      ['--ground-truth', coco],
    ]) {
      const { code, stderr } = await vocEval('run', ...source, ...found, '--classes', 'cat,dog,cat');
      expect([code, stderr]).toEqual([2, expect.stringContaining('cat is there twice')]);
    }
  });

  it('refuses detections on images outside the set', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'comp4_det_test_cat.txt'), '000001 0.5 1 1 9 9\n000009 0.5 1 1 9 9\n');
    const { code, stderr } = await vocEval('run', ...truth, '--detections', folder);
    expect(code).toBe(2);
    expect(stderr).toContain('detections on 1 image outside the set: 000009');
  });
});

describe('voc-eval convert', () => {
  it('goes to COCO and back with every box exact', async () => {
    const folder = newFolder();
    const [coco, again, results] = ['a.json', 'b.json', 'results.json'].map((name) => join(folder, name));
    await vocEval('convert', '--to', 'coco', ...truth, '--out', coco);
    await vocEval('convert', '--to', 'voc', '--ground-truth', coco, '--out', join(folder, 'kit'));
    const back = ['--voc', join(folder, 'kit'), '--set', '2007/test', ...classes];
    await vocEval('convert', '--to', 'coco', ...back, '--out', again);
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(coco, 'utf8'));
    const annotation = (root: string): string => readFileSync(join(root, 'VOC2007/Annotations/000001.xml'), 'utf8');
    const boxes = (text: string): string[] => text.match(/<(xmin|ymin|xmax|ymax)>.*/g)!;
    expect(boxes(annotation(join(folder, 'kit')))).toEqual(boxes(annotation(kit.voc)));

    await vocEval('convert', '--to', 'coco', ...truth, ...found, '--out', results);
    const devkit = ['--detections', results, '--out', join(folder, 'found')];
    await vocEval('convert', '--to', 'voc', '--ground-truth', coco, ...devkit);
    for (const file of readdirSync(kit.detections)) {
      expect(readFileSync(join(folder, 'found', file), 'utf8')).toBe(readFileSync(join(kit.detections, file), 'utf8'));
    }
    const args = ['--ground-truth', coco, '--detections', results, '--protocol', 'coco'];
    expect((await vocEvalJson<CocoEvaluation>('run', ...args)).AP50).toBe(1);
  });

  it('goes from COCO to VOC and back with every box as it was stated, in decimals and in single precision', async () => {
    const random = Random.of(1, 'boxes');
    const numbers = [
      () => Number(random.uniform(0, 400).toFixed(random.integer(7))),
      () => Math.fround(random.uniform(0.1, 400)),
      () => random.integer(400),
    ];
    const boxes = Array.from({ length: 600 }, (_, i) => {
      return { image_id: 1 + (i % 9), category_id: 1, bbox: Array.from({ length: 4 }, numbers[i % 3]) };
    });
    const folder = newFolder();
    const write = (name: string, content: object): string => {
      writeFileSync(join(folder, name), JSON.stringify(content));
      return join(folder, name);
    };
    const coco = write('coco.json', {
      images: Array.from({ length: 9 }, (_, i) => ({ id: i + 1, file_name: `${i + 1}.png`, width: 800, height: 800 })),
      categories: [{ id: 1, name: 'dog' }],
      annotations: boxes.map((box, i) => ({ id: i + 1, ...box, truncated: i % 2 })),
    });
    const results = write(
      'results.json',
      boxes.map((box, i) => ({ ...box, score: i / 600 })),
    );
    const kitFlags = ['--voc', join(folder, 'kit'), '--set', 'test'];
    const [back, foundBack] = [join(folder, 'back.json'), join(folder, 'found-back.json')];
    await vocEval('convert', '--to', 'voc', '--ground-truth', coco, '--out', join(folder, 'kit'));
    await vocEval('convert', '--to', 'coco', ...kitFlags, '--out', back);
    const there = ['--ground-truth', coco, '--detections', results, '--out', join(folder, 'found')];
    await vocEval('convert', '--to', 'voc', ...there);
    await vocEval('convert', '--to', 'coco', ...kitFlags, '--detections', join(folder, 'found'), '--out', foundBack);

    type Rows = { image_id: number; bbox: number[]; truncated?: number }[];
    const stated = (rows: Rows): string[] => rows.map((row) => `${row.image_id} ${row.bbox.join(' ')}`).sort();
    const annotations = (JSON.parse(readFileSync(back, 'utf8')) as { annotations: Rows }).annotations;
    expect(stated(annotations)).toEqual(stated(boxes));
    expect(stated(JSON.parse(readFileSync(foundBack, 'utf8')) as Rows)).toEqual(stated(boxes));
    expect(annotations.filter(({ truncated }) => truncated === 1)).toHaveLength(300);
  });
});

describe('voc-eval compare', () => {
  it('gives the difference B − A with an interval, 0 for equal detections', async () => {
    const nothing = newFolder();
    writeFileSync(join(nothing, 'comp4_det_test_cat.txt'), '000001 0.5 1 1 20 20\n');
    const compared = await vocEvalJson<PairedComparison>(
      'compare',
      nothing,
      kit.detections,
      ...truth,
      '--bootstrap',
      '20',
    );
    expect(compared.mAP).toMatchObject({ a: 0.5, b: 1, difference: 0.5 });
    expect(compared.classes['cat'].difference).toBe(0);
    const report = join(newFolder(), 'compared.html');
    const flags = [...truth, '--bootstrap', '20', '--report', report];
    expect((await vocEval('compare', nothing, kit.detections, ...flags)).stdout).toContain(`report: ${report}`);
    expect(readFileSync(report, 'utf8')).toMatch(/<b>50\.00<\/b><span>mAP: A %<[^]*<b>\+50\.00<\/b><span>mAP: B − A</);
    const { code, stderr } = await vocEval('compare', nothing, ...truth);
    expect(code).toBe(2);
    expect(stderr).toContain('two sets of detections');
  });
});

describe('voc-eval validate', () => {
  it('passes a sound devkit, and lists every fault of a bad one with exit code 2', async () => {
    expect((await vocEval('validate', ...truth, '--no-check-images')).code).toBe(0);
    const folder = newFolder();
    mkdirSync(join(folder, 'a'));
    const bad = readFileSync(join(kit.voc, 'VOC2007/Annotations/000001.xml'), 'utf8')
      .replace('<xmax>20</xmax>', '<xmax>1</xmax>')
      .replace('<ymax>70.25</ymax>', '<ymax>2</ymax>');
    writeFileSync(join(folder, 'a/000001.xml'), bad);
    const { code, stdout } = await vocEval('validate', folder, '--json');
    expect(code).toBe(2);
    const report = JSON.parse(stdout) as { files: number; objects: number; faults: { kind: string; object: number }[] };
    expect(report).toMatchObject({ files: 1, objects: 2 });
    const errors = report.faults.filter(({ kind }) => kind === 'zero-area-box' || kind === 'inverted-box');
    expect(errors.map(({ kind, object }) => [kind, object])).toEqual([
      ['zero-area-box', 1],
      ['inverted-box', 2],
    ]);
    expect((await vocEval('validate', folder)).stdout).toContain('1 file, 2 objects, 2 errors');
  });
});
