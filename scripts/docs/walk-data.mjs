// What the commands of documents need: data under the names that the pages use, and runs that a page takes for granted.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeShapesDevkit } from '@featuremine/vision-data';
import { readImageSet, writeDetections } from '@featuremine/voc';
import {
  cocoGroundTruth,
  cocoResults,
  DetectionList,
  detectionsForDevkit,
  groundTruthFromImageSet,
} from '@featuremine/voc-eval';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A devkit, photos with XML beside them, class folders, photos to look at, and detections of another tool. */
export async function makeData(cwd) {
  const devkit = join(cwd, 'VOCdevkit');
  const year = join(devkit, 'VOC2007');
  mkdirSync(cwd, { recursive: true });
  await makeShapesDevkit({ folder: devkit, seed: 0, counts: { trainval: 24, test: 16 } });
  await makeShapesDevkit({ folder: join(cwd, 'more'), seed: 1, counts: { trainval: 8 }, year: '2012' });
  renameSync(join(cwd, 'more', 'VOC2012'), join(devkit, 'VOC2012'));
  symlinkSync('VOCdevkit', join(cwd, 'DEVKIT'));
  const sets = join(year, 'ImageSets', 'Main');
  const ids = readFileSync(join(sets, 'trainval.txt'), 'utf8').trim().split('\n');
  writeFileSync(join(sets, 'train.txt'), `${ids.slice(0, 16).join('\n')}\n`);
  writeFileSync(join(sets, 'val.txt'), `${ids.slice(16).join('\n')}\n`);
  const images = readdirSync(join(year, 'JPEGImages')).map((name) => join(year, 'JPEGImages', name));
  copy(images.slice(0, 2), join(cwd, 'new-photos'));
  makeDetections(cwd, devkit);
  for (const part of ['JPEGImages', 'Annotations']) cpSync(join(year, part), join(cwd, 'photos'), { recursive: true });
  makeClassFolders(cwd, images);
  copy(images.slice(0, 1), join(cwd, 'more-photos'));
  copy(images.slice(1, 2), join(cwd, 'archive', '2007'));
  cpSync(images[0], join(cwd, 'photo.jpg'));
}

function makeClassFolders(cwd, images) {
  for (const [part, from, to] of [
    ['train', 0, 16],
    ['test', 16, 24],
  ]) {
    copy(images.slice(from, (from + to) / 2), join(cwd, 'class-folders', part, 'cat'));
    copy(images.slice((from + to) / 2, to), join(cwd, 'class-folders', part, 'dog'));
  }
}

// The objects of the test set as detections, in every form that is read.
function makeDetections(cwd, devkit) {
  const truth = groundTruthFromImageSet(readImageSet(devkit, '2007/test', {}));
  const list = new DetectionList();
  truth.images.forEach(({ objects }, image) => {
    for (const { classId, box } of objects) list.add(image, classId, 0.9, box);
  });
  const detections = list.detections();
  for (const name of ['results', 'results/VOC2007/Main', 'results-a', 'results-b']) {
    const folder = join(cwd, name);
    mkdirSync(folder, { recursive: true });
    writeDetections({ folder, set: 'test', detections: detectionsForDevkit(truth, detections) });
  }
  writeFileSync(join(cwd, 'instances.json'), JSON.stringify(cocoGroundTruth(truth, 'ignore')));
  writeFileSync(join(cwd, 'results.json'), JSON.stringify(cocoResults(truth, detections)));
}

function copy(files, to) {
  mkdirSync(to, { recursive: true });
  for (const file of files) cpSync(file, join(to, basename(file)));
}

/** The run folders that a command reads and its page has not made. */
export function lackingRuns(program, argv, cwd) {
  if (!['retinanet', 'backbone-pretrain'].includes(program)) return [];
  const flags = argv.findIndex((word) => word.startsWith('--'));
  const read = argv[0] === 'compare-runs' ? argv.slice(1, flags < 0 ? undefined : flags) : valuesOf(argv, '--run');
  return read.map((run) => join(cwd, run)).filter((run) => !existsSync(run));
}

function valuesOf(argv, flag) {
  return argv.filter((_, i) => argv[i - 1] === flag);
}

/** Makes a run of each program once, and gives copies of it. */
export class RunMaker {
  constructor(folder) {
    this.folder = folder;
  }

  async give(program, place) {
    const made = join(this.folder, program);
    if (!existsSync(made)) {
      if (!existsSync(join(this.folder, 'VOCdevkit'))) await makeData(this.folder);
      const what =
        program === 'retinanet'
          ? ['--voc', 'VOCdevkit', '--train', '2007/trainval', '--val', '2007/test', '--image-size', '96']
          : ['--dataset', 'folder', '--data', 'class-folders', '--image-size', '96'];
      const argv = ['train', ...what, '--model', 'resnet18', '--epochs', '1', '--batch-size', '4', '--out', program];
      const bin = join(root, 'packages', program, 'bin', `${program}.js`);
      const { status, stderr } = spawnSync(process.execPath, [bin, ...argv], { cwd: this.folder, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${program} train: exit code ${status}\n${stderr}`);
    }
    cpSync(made, place, { recursive: true });
  }
}
