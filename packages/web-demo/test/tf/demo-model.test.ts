import { linkSync, mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { silentLogger } from '@featuremine/command-line';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { saveUntrainedDetector } from '../../../retinanet/test/tf/saved-detector';
import { demoContent } from '../../src/demo-model';
import { smallArchitecture } from '../../../retinanet/test/small-architecture';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'web-demo-model-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('demoContent', () => {
  it('exports the detector of the demo once, and again when it was trained anew', async () => {
    const run = join(folder, 'seed-0/fm/detector');
    mkdirSync(run, { recursive: true });
    linkSync(saveUntrainedDetector(folder), join(run, 'weights.safetensors'));
    const detector = {
      classNames: ['circle', 'square'],
      architecture: smallArchitecture(),
      resize: { kind: 'longest-side', size: 64 },
      pixels: 'uint8',
    };
    writeFileSync(join(run, 'config.json'), JSON.stringify({ detector }));
    await makeShapesDevkit({ folder: join(folder, 'VOCdevkit'), seed: 1, counts: { train: 1, test: 2 } });

    const { model, examples } = await demoContent(folder, silentLogger);
    expect(model.name).toBe('shapes-detector');
    expect(examples.map((file) => basename(file))).toEqual(['000002.jpg', '000003.jpg']); // the test set's alone

    const writtenMs = (): number => statSync(join(folder, 'shapes-detector/model.json')).mtimeMs;
    const first = writtenMs();
    await demoContent(folder, silentLogger);
    expect(writtenMs()).toBe(first);
    const later = new Date(first + 60_000);
    utimesSync(join(run, 'weights.safetensors'), later, later);
    await demoContent(folder, silentLogger);
    expect(writtenMs()).toBeGreaterThan(first);
  });
});
