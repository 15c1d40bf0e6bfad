import { layersOfNodes } from './layer-of-nodes';
import type { GraphDef, StepStats } from './protobuf';
import type { RunTrace } from './session';

/** The time of one kind of op, or of one layer. */
export interface ProfileShare {
  readonly name: string;
  /** Milliseconds of a run, in the mean. */
  readonly ms: number;
  /** Part of all ops' time, 0…1. */
  readonly share: number;
  /** Ops of a run. */
  readonly count: number;
}

/**
 * Where the time of traced runs went. Ops may run side by side, so the sum of their times may be above the runs' own;
 * tracing makes both somewhat longer.
 */
export interface Profile {
  readonly runs: number;
  /** Milliseconds of a run from start to end, in the mean. */
  readonly runMs: number;
  /** Sum of the times of a run's ops, in the mean. */
  readonly opsMs: number;
  /** Longest first. */
  readonly byKind: readonly ProfileShare[];
  /** By the name of a layer's variables (`layer1.0.conv1`), longest first. */
  readonly byLayer: readonly ProfileShare[];
}

interface Executed {
  readonly name: string;
  readonly kind: string;
  readonly ms: number;
}

/** Sums up traces of runs of a session's graph. */
export function profileOf(traces: readonly RunTrace[], graph: GraphDef): Profile {
  const runs = Math.max(1, traces.length);
  const executed = traces.flatMap(({ stats }) => executedOps(stats));
  const opsMs = executed.reduce((sum, { ms }) => sum + ms, 0);
  const layers = layersOfNodes(graph);
  const kinds = new Map(graph.node.map(({ name, op }) => [name, op]));
  const sharesBy = (keyOf: (op: Executed) => string): ProfileShare[] => {
    const sums = new Map<string, { ms: number; count: number }>();
    for (const op of executed) {
      const { ms, count } = sums.get(keyOf(op)) ?? { ms: 0, count: 0 };
      sums.set(keyOf(op), { ms: ms + op.ms, count: count + 1 });
    }
    return [...sums]
      .map(([name, { ms, count }]) => ({ name, ms: ms / runs, share: opsMs > 0 ? ms / opsMs : 0, count: count / runs }))
      .sort((a, b) => b.ms - a.ms);
  };
  return {
    runs: traces.length,
    runMs: traces.reduce((sum, { wallMs }) => sum + wallMs, 0) / runs,
    opsMs: opsMs / runs,
    byKind: sharesBy(({ kind, name }) => plainKind(kind === '' ? (kinds.get(name) ?? 'unknown') : kind)),
    byLayer: sharesBy(({ name }) => layerOf(name, layers)),
  };
}

/** The largest shares of a profile as lines of text; what is left is summed up in a line. */
export function profileTable({ byKind, byLayer, ...profile }: Profile, most = 12): string {
  const { runs, runMs, opsMs } = profile;
  const head = `${runs} traced runs of ${runMs.toFixed(1)} ms each, whose ops take ${opsMs.toFixed(1)} ms`;
  return [head, ...partLines('op kind', byKind, most), ...partLines('layer', byLayer, most)].join('\n');
}

function partLines(title: string, shares: readonly ProfileShare[], most: number): string[] {
  const rest = shares.slice(most);
  const sum = (key: 'ms' | 'share' | 'count'): number => rest.reduce((total, share) => total + share[key], 0);
  const last = { name: `${rest.length} others`, ms: sum('ms'), share: sum('share'), count: sum('count') };
  const shown = [...shares.slice(0, most), ...(rest.length > 0 ? [last] : [])];
  const width = Math.max(title.length, ...shown.map(({ name }) => name.length));
  const cells = (name: string, ms: string, share: string, count: string): string =>
    `${name.padEnd(width)}  ${ms.padStart(9)}  ${share.padStart(6)}  ${count.padStart(6)}`;
  return [
    cells(title, 'ms', '%', 'ops'),
    ...shown.map(({ name, ms, share, count }) =>
      cells(name, ms.toFixed(2), (100 * share).toFixed(1), count.toFixed(Number.isInteger(count) ? 0 : 1)),
    ),
  ];
}

// On a GPU the same ops are there twice: as they were sent off, and as they ran (`…/stream:all`).
function executedOps({ devStats }: StepStats): Executed[] {
  const streams = devStats.filter(({ device }) => device.endsWith('/stream:all'));
  const host = devStats.filter(({ device }) => !device.includes('/stream:') && device.includes('CPU'));
  const chosen = streams.length > 0 ? [...streams, ...host] : devStats;
  return chosen.flatMap(({ nodeStats }) =>
    nodeStats.map(({ nodeName, timelineLabel = '', opStartRelNanos = 0, opEndRelNanos = 0 }) => ({
      name: nodeName.split(':', 1)[0],
      kind: /= *([\w>]+)\(/.exec(timelineLabel)?.[1] ?? '',
      ms: Math.max(0, opEndRelNanos - opStartRelNanos) / 1e6,
    })),
  );
}

// oneDNN's kernels have names of their own.
function plainKind(kind: string): string {
  return kind.replace(/^_(Mkl)?(Native)?/, '');
}

// TensorFlow's own additions are named after a node, with something before or behind.
function layerOf(name: string, layers: ReadonlyMap<string, string>): string {
  const parts = name.split('/');
  for (let from = 0; from < parts.length - 1; from++) {
    const candidate = parts.slice(from).join('/');
    const layer = layers.get(candidate) ?? layers.get(candidate.replace(/-[^/]*$/, ''));
    if (layer !== undefined) return layer === '' ? '(none)' : layer;
  }
  return '(none)';
}
