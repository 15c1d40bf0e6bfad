import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mpirun } from '../packages/mpi/test/support/mpirun';
import { dataFolder } from '../packages/voc-eval/test/support/data';
import { isBuilt } from './support/cli-process';
import { chromiumPath } from './support/page-look';
import { hasPeers } from './support/peers';

const root = join(__dirname, '..');

interface Contender {
  readonly script: string;
  readonly options: Readonly<Record<string, unknown>>;
}

// Rows at their smallest: one step of a few small images.
const SMALL = { imageSize: 64, batchSize: 4, perBatch: 2, rounds: 1, steps: 1, warmup: 1, threads: 2 };

const hasData = dataFolder('voc2007-test-full') !== undefined;
const NEEDS: Readonly<Record<string, string | false>> = {
  // Its weights come from the peer's side, so that both detect the same.
  'detector-inference.mjs': !hasPeers && '.peers',
  'job-step.mjs': mpirun === undefined && 'mpirun',
  'web-inference.mjs': chromiumPath === undefined && 'Chromium',
  'voc-eval-command.mjs': !hasData && 'voc2007-test-full',
  'voc-eval-coco.mjs': !hasData && 'voc2007-test-full',
};

/** The first contender of every script of ours that the rows name. */
function contendersByScript(): Map<string, Contender> {
  const rows = pathToFileURL(join(root, 'scripts/bench/rows.mjs'));
  const program = `import { rows } from '${rows.href}'; console.log(JSON.stringify(rows));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  const found = new Map<string, Contender>();
  type Row = { readonly contenders: Record<string, Contender & { runtime: string }>; readonly paired?: Contender };
  for (const { contenders, paired } of JSON.parse(stdout) as Row[]) {
    const ours = Object.values(contenders).filter(({ runtime }) => runtime === 'node');
    for (const contender of [...ours, ...(paired === undefined ? [] : [paired])]) {
      const name = basename(contender.script);
      if (!found.has(name)) found.set(name, contender);
    }
  }
  return found;
}

(isBuilt ? describe : describe.skip)('a contender of the bench', () => {
  for (const [name, { script, options }] of isBuilt ? contendersByScript() : []) {
    const missing = NEEDS[name] || undefined;
    if (missing !== undefined) process.stderr.write(`skipped: ${name}: no ${missing} here\n`);
    (missing === undefined ? it : it.skip)(`measures in ${name}`, () => {
      // Detections come by 250 an image.
      const batchSize = name === 'evaluate-detections.mjs' ? 500 : SMALL.batchSize;
      const small = JSON.stringify({ ...options, ...SMALL, batchSize });
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, small], { encoding: 'utf8' });
      expect({ status, stderr: status === 0 ? '' : stderr.slice(-4000) }).toEqual({ status: 0, stderr: '' });
      const line = stdout.split('\n').find((text) => text.startsWith('{'))!;
      const { stepMs, peakRssMb, plain, other } = JSON.parse(line) as Record<string, never>;
      if (name === 'mining-overhead.mjs') {
        expect([plain, other]).toEqual([[expect.any(Number)], [expect.any(Number)]]);
      } else {
        expect(stepMs).toEqual([expect.any(Number)]);
        expect(peakRssMb).toBeGreaterThan(0);
      }
    });
  }
});
