// A whole command, from files to number, with the start of its interpreter: options.command is ours or a peer's.
import { spawn } from 'node:child_process';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { peersEnvironment, peersPython } from '../../peers/setup.mjs';
import { contenderOptions, measureSteps } from '../measure.mjs';
import { peakMbOf } from '../process-files.mjs';
import { cocoGroundTruth, cocoResults, detections, devkit, makeCocoFiles, vocEval } from './voc-eval-files.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const options = contenderOptions();
const vocFlags = ['--voc', devkit, '--set', '2007/test', '--detections', detections];
const cocoFlags = ['--ground-truth', cocoGroundTruth, '--detections', cocoResults];
const commands = {
  'voc07 ours': [process.execPath, vocEval, 'run', ...vocFlags, '--protocol', 'voc07', '--json'],
  'voc07 python': [peersPython, join(here, 'voc-eval-python-voc.py'), devkit, 'test', detections],
  'coco ours': [process.execPath, vocEval, 'run', ...cocoFlags, '--protocol', 'coco', '--json'],
  'coco pycocotools': [peersPython, join(here, 'voc-eval-python-coco.py'), 'pycocotools', cocoGroundTruth, cocoResults],
  'coco faster': [peersPython, join(here, 'voc-eval-python-coco.py'), 'faster', cocoGroundTruth, cocoResults],
};
if (options.command.startsWith('coco')) makeCocoFiles();

let mAP = NaN;
let peakRssMb = 0;
await measureSteps({
  options,
  step: async () => {
    mAP = await runCommand(commands[options.command]);
  },
  note: () => ({ loss: mAP, peakRssMb }),
});

/** Runs it and gives the mAP that it prints as JSON; notes the process's peak memory on the way. */
function runCommand([file, ...args]) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'], env: peersEnvironment() });
  const watch = setInterval(() => {
    peakRssMb = Math.max(peakRssMb, peakMbOf(child.pid));
  }, 10);
  let output = '';
  child.stdout.on('data', (part) => (output += part));
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      clearInterval(watch);
      if (code === 0) resolve(JSON.parse(output.slice(output.lastIndexOf('\n{') + 1)).mAP);
      else reject(new Error(`${options.command}: exit code ${code}`));
    });
  });
}
