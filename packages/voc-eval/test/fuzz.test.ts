import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import {
  detectionsFromCocoResults,
  errorBreakdown,
  evaluateCoco,
  evaluateVoc,
  groundTruthFromCoco,
  type ReadDetectionRows,
} from '@featuremine/voc-eval';
import { detectionsFromProjectJson } from '../src/inputs/project-detections';
import { vocEval } from './support/run';
import { smallKit } from './support/shapes-kit';

// The seeds are fixed: the usual run is the beginning of the long one.
const rounds = process.env['FEATUREMINE_LONG'] ? 50_000 : 10_000;
const slowestMs = 5000;

const pieces = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  'null',
  '1e999',
  '-1',
  '0',
  '1e308',
  '"__proto__"',
  '\u0000',
  '1.5e-320',
];

/** Some random damage to a text: pieces put in, parts cut, doubled or moved, characters changed. */
function damage(text: string, random: Random): string {
  let result = text;
  for (let k = random.integer(4); k >= 0; k--) {
    const at = random.integer(result.length + 1);
    const end = Math.min(result.length, at + random.integer(30));
    const part = result.slice(at, end);
    const choice = random.integer(5);
    if (choice === 0) result = result.slice(0, at) + random.pick(pieces) + result.slice(at);
    else if (choice === 1) result = result.slice(0, at) + result.slice(end);
    else if (choice === 2) result = result.slice(0, end) + part + result.slice(end);
    else if (choice === 3) result = result.slice(0, at) + random.pick(pieces) + result.slice(end);
    else result = result.slice(0, at) + String.fromCharCode(random.integer(128)) + result.slice(at + 1);
  }
  return result;
}

/** Some random damage to a value inside a parsed JSON, which stays JSON. */
function damageValue(value: unknown, random: Random): unknown {
  const copy = structuredClone(value);
  let node = copy;
  for (;;) {
    const keys = typeof node === 'object' && node !== null ? Object.keys(node) : [];
    if (keys.length === 0) return copy;
    const key = random.pick(keys);
    const parent = node as Record<string, unknown>;
    if (random.chance(0.4)) {
      const values = [null, -1, 0, 1e308, 5e-324, 'x', '', [], {}, true, [1, 2, 3, 4], { id: 1 }, NaN, Infinity];
      if (random.chance(0.3) && Array.isArray(node)) node.splice(Number(key), 1);
      else if (random.chance(0.3)) Reflect.deleteProperty(parent, Array.isArray(node) ? 'none' : key);
      else parent[key] = random.pick<unknown>(values);
      return copy;
    }
    node = parent[key];
  }
}

const groundTruth = {
  images: [1, 2].map((id) => ({ id, width: 50, height: 50, file_name: `i${id}.jpg` })),
  categories: [1, 2].map((id) => ({ id, name: `c${id}` })),
  annotations: [
    { id: 1, image_id: 1, category_id: 1, bbox: [0, 0, 10, 10], area: 100, iscrowd: 0 },
    { id: 2, image_id: 1, category_id: 2, bbox: [20, 20, 10, 10], area: 100, iscrowd: 1 },
    { id: 3, image_id: 2, category_id: 1, bbox: [5, 5, 20, 20], area: 400, iscrowd: 0 },
  ],
};
const results = [1, 2, 1, 2].map((image_id, i) => {
  return { image_id, category_id: 1 + (i >> 1), bbox: [i, i, 10, 10 + i], score: i / 4 };
});
const predicted = {
  images: [1, 2].map((id) => ({
    file: `i${id}.jpg`,
    detections: [{ class: 'c1', score: 0.5, box: [0, 0, 10, 10] }],
  })),
};

/** Reads and evaluates; a named error is a right answer, and so is a result that accounts for every row. */
function check(
  read: () => ReadDetectionRows,
  truthContent: unknown,
  rowCount: number | undefined,
): 'refused' | 'evaluated' {
  const started = performance.now();
  try {
    const truth = groundTruthFromCoco(truthContent, 'gt.json');
    const { detections, warnings } = read();
    const leftOut = warnings.reduce((sum, line) => sum + Number(/(\d+) rows left out/.exec(line)?.[1] ?? 0), 0);
    if (rowCount !== undefined) expect(detections.score.length + leftOut).toBe(rowCount);
    const coco = evaluateCoco({ groundTruth: truth, detections });
    const voc = evaluateVoc({ groundTruth: truth, detections, protocol: 'voc10' });
    errorBreakdown({ groundTruth: truth, detections });
    for (const ap of [coco.mAP, coco.AR100, voc.mAP ?? 0]) {
      expect(ap === -1 || (ap >= 0 && ap <= 1)).toBe(true);
    }
    return 'evaluated';
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return 'refused';
  } finally {
    expect(performance.now() - started).toBeLessThan(slowestMs);
  }
}

/** Parsed, or undefined when the damage made it no JSON, which `readJson` reports. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

describe('damaged JSON', () => {
  const counts = { refused: 0, evaluated: 0 };
  const goodTruth = groundTruthFromCoco(groundTruth, 'gt.json');
  const rowsIn = (value: unknown): number | undefined => (Array.isArray(value) ? value.length : undefined);

  it('is refused by a named error or evaluated with every row accounted for: COCO results', () => {
    const random = Random.of(1, 'results');
    for (let i = 0; i < rounds; i++) {
      const bad = random.chance(0.5) ? damageValue(results, random) : parse(damage(JSON.stringify(results), random));
      const read = (): ReadDetectionRows => detectionsFromCocoResults(bad, goodTruth, 'r.json');
      counts[check(read, groundTruth, rowsIn(bad))]++;
    }
    expect(counts.refused).toBeGreaterThan(rounds / 10);
    expect(counts.evaluated).toBeGreaterThan(rounds / 10);
  });

  it("is refused by a named error or evaluated: this project's detections", () => {
    const random = Random.of(2, 'predicted');
    for (let i = 0; i < rounds; i++) {
      const bad = random.chance(0.5)
        ? damageValue(predicted, random)
        : parse(damage(JSON.stringify(predicted), random));
      check(() => detectionsFromProjectJson(bad, goodTruth, 'p.json'), groundTruth, undefined);
    }
  });

  it('is refused by a named error or evaluated: COCO ground truth', () => {
    const random = Random.of(3, 'truth');
    for (let i = 0; i < rounds; i++) {
      const text = JSON.stringify(groundTruth);
      const bad = random.chance(0.5) ? damageValue(groundTruth, random) : parse(damage(text, random));
      const read = (): ReadDetectionRows =>
        detectionsFromCocoResults(results, groundTruthFromCoco(bad, 'gt.json'), 'r.json');
      check(read, bad, undefined);
    }
  });

  it('is refused without a stack overflow when it is nested a hundred thousand deep', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    expect(() => groundTruthFromCoco(deep, 'gt.json')).toThrow(DatasetError);
    expect(() => detectionsFromCocoResults(deep, goodTruth, 'r.json')).toThrow(DatasetError);
    expect(() => detectionsFromCocoResults([{ ...results[0], bbox: deep }], goodTruth, 'r.json')).toThrow(DatasetError);
  });
});

describe('the command line on damaged files', () => {
  it('ends with a number or a named error, never as a fault of the program', async () => {
    const random = Random.of(4, 'files');
    const { voc, detections } = smallKit();
    const coco = join(voc, 'coco.json');
    const found = join(voc, 'found.json');
    writeFileSync(coco, JSON.stringify(groundTruth));
    writeFileSync(found, JSON.stringify(results));
    const devkit = ['--voc', voc, '--set', 'test'];
    const files = [
      join(voc, 'VOC2007/Annotations/000001.xml'),
      join(voc, 'VOC2007/ImageSets/Main/test.txt'),
      join(detections, 'comp4_det_test_dog.txt'),
      coco,
      found,
    ];
    const codes = [0, 0, 0];
    for (let i = 0; i < rounds / 20; i++) {
      const file = files[i % files.length];
      const good = readFileSync(file);
      writeFileSync(file, damage(good.toString('latin1'), random), 'latin1');
      const ofCoco = [
        'run',
        '--ground-truth',
        coco,
        '--detections',
        found,
        '--protocol',
        random.pick(['coco', 'voc10']),
      ];
      const ofVoc = random.pick([
        ['run', ...devkit, '--detections', detections, '--errors', '--bootstrap', '3'],
        ['validate', voc, '--no-check-images'],
        ['convert', '--to', 'coco', ...devkit, '--out', join(voc, 'out.json')],
      ]);
      const { code, stderr } = await vocEval(...(file.endsWith('.json') ? ofCoco : ofVoc), '--json');
      if (code !== 0 && code !== 2) throw new Error(`${readFileSync(file, 'latin1')}\n${stderr}`);
      codes[code]++;
      writeFileSync(file, good);
    }
    expect(codes[0]).toBeGreaterThan(rounds / 200);
    expect(codes[2]).toBeGreaterThan(rounds / 200);
  });
});
