import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import sharp from 'sharp';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import * as retinanet from '../../src';
import { formulaImage } from '../formula-weights';
import { smallArchitecture } from '../small-architecture';
import { saveUntrainedDetector } from './saved-detector';

jest.setTimeout(60_000);

const readme = readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8');
const [, example] = /```ts\n([^]*?)```/.exec(readme)!;

let folder: string;
const before = process.cwd();

// The example's paths: a run in runs/voc, and photo.jpg.
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retinanet-readme-'));
  const run = join(folder, 'runs', 'voc');
  mkdirSync(run, { recursive: true });
  renameSync(saveUntrainedDetector(run), join(run, 'weights.safetensors'));
  const architecture = smallArchitecture();
  const resize = { kind: 'longest-side', size: 96 };
  const detector = { classNames: ['cat', 'dog'], architecture, resize, pixels: 'uint8' };
  writeFileSync(join(run, 'config.json'), JSON.stringify({ detector }));
  const raw = { width: 120, height: 90, channels: 3 } as const;
  await sharp(Buffer.from(formulaImage(0, 90, 120)), { raw }).toFile(join(folder, 'photo.jpg'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

describe('the example of the README', () => {
  it('runs as it stands, and prints names, scores and boxes', async () => {
    const compilerOptions = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 };
    const { outputText } = transpileModule(example, { compilerOptions });
    const printed: [string, number, number[]][] = [];
    const require = (name: string): unknown => (name === '@featuremine/retinanet' ? retinanet : undefined);
    const log = (...line: unknown[]): void => void printed.push(line as (typeof printed)[number]);
    const source = `return (async (exports) => {${outputText}\n})({});`;
    const run = compileFunction(source, ['require', 'console']) as (...given: unknown[]) => Promise<void>;
    await run(require, { log });
    expect(printed.length).toBeGreaterThan(0);
    for (const [name, score, box] of printed) {
      expect(['cat', 'dog']).toContain(name);
      expect(score).toBeGreaterThan(0.05);
      expect(box).toHaveLength(4);
    }
  });
});
