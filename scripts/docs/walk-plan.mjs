// Which commands of a document are run by docs:walk, in what small form, and why others are not.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCommand } from './check-command.mjs';
import { programs } from './programs.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const TRAININGS = new Set(['train', 'overfit']);

/** The first that fits says why a command is not run. */
const REASONS = [
  [/^(npm (ci|install|test)|npx tensor-graph install)/, 'sets up'],
  [/^npm run (?!chain|demo|web-demo)|^nohup |^backbone-pretrain reproduce/, 'minutes to days of computing'],
  [/^mpirun /, 'several processes, which have tests of their own'],
  [/web-demo serve|npm run web-demo/, 'serves until it is stopped'],
  [/ completion$/, 'changes the shell'],
  [/cifar|imagenet|configs\/(paper|experiments)\//, 'a published data set'],
  [/--weights \S*(coco\.pth|retinanet\.safetensors|resnet50\.safetensors)/, 'downloaded weights'],
];

/**
 * A command of this project as it is run, or why it is not; undefined for commands of the system and for text.
 *
 * @param {readonly string[]} words
 * @returns {{ program: string, file: string, argv: string[] } | { reason: string } | undefined}
 */
export function commandOf(words) {
  if (!isCommand(words)) return undefined;
  const line = words.join(' ');
  const reason = REASONS.find(([pattern]) => pattern.test(line))?.[1];
  if (reason !== undefined) return { reason };
  const script = /^npm run (chain|demo)\b/.exec(line)?.[1];
  if (script !== undefined) {
    const argv = words.includes('--') ? words.slice(words.indexOf('--') + 1) : [];
    return { program: script, file: `scripts/${script}/main.mjs`, argv };
  }
  if (words[0] === 'node') return { program: `node ${words[1]}`, file: words[1], argv: words.slice(2) };
  const [program, ...argv] = words[0] === 'npx' ? words.slice(1) : words;
  if (!programs.has(program)) return { reason: 'no command of the packages' };
  return { program, file: `packages/${program}/bin/${program}.js`, argv };
}

/** The words of a command with trainings made small; files of the repository by their whole path. */
export function madeSmall(program, argv, cwd) {
  const words = argv.map((word, i) => (argv[i - 1] === '--config' ? join(root, word) : word));
  if (program === 'chain')
    return setFlags(words, {
      '--pretrain-epochs': 1,
      '--pretrain-batch-size': 4,
      '--epochs': 1,
      '--batch-size': 4,
      '--seeds': 1,
      '--image-size': 96,
    });
  // As many training images as by default: pages name the first of the others.
  if (program === 'demo')
    return setFlags(words, { '--test-images': 8, '--pretrain-images': 32, '--pretrain-epochs': 1, '--epochs': 1 });
  if (!TRAININGS.has(argv[0])) return words;
  const config = words.indexOf('--config');
  const settings = config < 0 ? {} : JSON.parse(readFileSync(words[config + 1], 'utf8'));
  const isBySides = 'minSize' in settings || words.includes('--min-size');
  setFlags(words, {
    '--epochs': 1,
    '--batch-size': 4,
    ...(isBySides ? { '--min-size': 64, '--max-size': 96 } : { '--image-size': 96 }),
  });
  // Few steps at the rate of many make a network whose logits are huge, and so are their differences in exports.
  if (words.includes('shapes'))
    setFlags(words, { '--lr': 0.001 }).push('--set', 'shapes.train=32', '--set', 'shapes.test=16');
  const backbone = words.indexOf('--backbone');
  if (backbone >= 0 && !existsSync(join(cwd, words[backbone + 1]))) {
    words[backbone + 1] = 'none';
    setFlags(words, { '--model': 'resnet18' });
  }
  return words;
}

function setFlags(words, values) {
  for (const [flag, value] of Object.entries(values)) {
    const at = words.indexOf(flag);
    if (at < 0) words.push(flag, String(value));
    else words[at + 1] = String(value);
  }
  return words;
}
