import { availableParallelism, freemem, totalmem } from 'node:os';
import { gpuModels, gpuOf } from '../gpu';
import { kernelsFault } from '../own-kernels';
import { isSupportedNode, tfjsNodeFolder } from '../runtime-files';
import { tensorflowVersion, tf, usesGpu } from '../tensorflow';
import { runtimeState } from './runtime-state';

/** One line of the doctor's report; `fix` is there when something is wrong. */
export interface Finding {
  readonly what: string;
  readonly value: string;
  readonly fix?: string;
}

/**
 * Looks at Node, the TensorFlow runtime under the folder of tfjs-node and the machine, and names the fix of what is wrong.
 * Loads TensorFlow where it is complete.
 */
export function examine(folder = tfjsNodeFolder()): Finding[] {
  const findings: Finding[] = [nodeFinding()];
  const state = runtimeState(folder);
  const install = 'npx tensor-graph install (in the project itself: npm run setup)';
  findings.push({
    what: 'TensorFlow files',
    value: state.isComplete
      ? `${state.folder} (${state.variant ?? "the package's own install"})`
      : `incomplete in ${state.folder}`,
    ...(state.isComplete ? {} : { fix: install }),
  });
  if (state.isComplete) findings.push(...loadFindings(install));
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  findings.push({ what: 'processor', value: `${availableParallelism()} threads` });
  findings.push({ what: 'memory', value: `${gigabytes(freemem())} free of ${gigabytes(totalmem())}` });
  return findings;
}

function nodeFinding(): Finding {
  const { node } = process.versions;
  return {
    what: 'Node.js',
    value: node,
    ...(isSupportedNode(node) ? {} : { fix: 'install Node 20 or 22: tfjs-node 4.22 does not run on 23' }),
  };
}

function loadFindings(install: string): Finding[] {
  try {
    const models = gpuModels();
    const device = gpuOf(usesGpu() ? ['GPU'] : [], models) ?? 'CPU';
    const isIdle = models.length > 0 && !usesGpu();
    return [
      { what: 'tfjs', value: tf.version_core },
      { what: 'TensorFlow', value: tensorflowVersion() },
      {
        what: 'device',
        value: device,
        ...(isIdle ? { fix: `a GPU is there but not used: tensor-graph install --variant cuda --force` } : {}),
      },
      { what: 'oneDNN', value: process.env['TF_ENABLE_ONEDNN_OPTS'] === '0' ? 'off' : 'on', ...oneDnnFix() },
      { what: 'own kernels', value: kernelsValue() },
    ];
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return [{ what: 'TensorFlow', value: `does not load: ${message}`, fix: `${install} --force` }];
  }
}

// Without them everything works, a little slower: that is nothing to mend where there is no compiler.
function kernelsValue(): string {
  const fault = kernelsFault();
  return fault === undefined ? 'on' : `off: ${fault}`;
}

function oneDnnFix(): { fix?: string } {
  return process.env['TF_ENABLE_ONEDNN_OPTS'] === '0'
    ? { fix: 'unset TF_ENABLE_ONEDNN_OPTS: convolutions are much slower without' }
    : {};
}
