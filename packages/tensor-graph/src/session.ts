import { bufferBytes, bytesFrom, cApi, checked, DataType, raise, type Pointer } from './c-api';
import { checkHostTensor, type HostTensor } from './host-tensor';
import { newTensor, tensorValues, tensorView } from './native-tensor';
import {
  ConfigMessage,
  GraphDefMessage,
  RunMetadataMessage,
  RunOptionsMessage,
  type GraphDef,
  type StepStats,
} from './protobuf';
import { usesGpu } from './tensorflow';

/** One way to run a session: which nodes are fed, fetched and executed. Each distinct plan has its own executor. */
export interface RunPlan {
  readonly feeds: readonly string[];
  readonly fetches: readonly string[];
  readonly targets: readonly string[];
  /** Whether its ops run one after another, each with all threads. */
  readonly isOpByOp?: boolean;
  /** Whether a fetch stays in TensorFlow's memory: see `Session.run`. */
  readonly isKept?: (fetch: string) => boolean;
}

/** A run that was traced: what it executed, and how long it took from start to end. */
export interface RunTrace {
  readonly stats: StepStats;
  readonly wallMs: number;
}

interface PreparedPlan {
  readonly feeds: BigInt64Array;
  readonly fetches: BigInt64Array;
  readonly targets: BigInt64Array;
}

// RewriterConfig.Toggle
const OFF = 2;
// RunOptions.TraceLevel
const [NO_TRACE, FULL_TRACE] = [0, 3];
// Pools of threads that start ops: RunOptions.inter_op_thread_pool.
const [SIDE_BY_SIDE, ONE_BY_ONE] = [0, 1];
const POOLS = [SIDE_BY_SIDE, ONE_BY_ONE];

/** Options of a `Session`. */
export interface SessionOptions {
  /** Threads of one op and of ops side by side; 0 is TensorFlow's choice (all cores). */
  readonly threads: number;
  /** Lets XLA compile clusters of ops on a GPU. Default false; on a CPU TensorFlow leaves it aside. */
  readonly xla?: boolean;
}

/** The ConfigProto of a session, encoded. */
export function sessionConfig(options: SessionOptions): Uint8Array {
  return ConfigMessage.encode({
    intraOpParallelismThreads: options.threads,
    sessionInterOpThreadPool: POOLS.map((pool) => ({ numThreads: pool === SIDE_BY_SIDE ? options.threads : 1 })),
    allowSoftPlacement: true,
    gpuOptions: { allowGrowth: true },
    graphOptions: {
      optimizerOptions: { globalJitLevel: options.xla === true ? 1 : 0 },
      rewriteOptions: {
        // A GPU wants the layout that Grappler chooses. On a CPU it finds nothing to do in these graphs, and takes a second
        // of a ResNet-50's first step to see it.
        disableMetaOptimizer: !usesGpu(),
        // It would turn chains of Add into AddN, which adds first whichever input comes free first: sums, and with them
        // whole runs, would no longer repeat to the bit.
        arithmeticOptimization: OFF,
      },
    },
  });
}

/** A TensorFlow session over one growing graph, run through the C API without blocking the event loop. */
export class Session {
  /** Receives a trace of each run while it is set. */
  tracer: ((trace: RunTrace) => void) | undefined;
  private readonly graph: Pointer;
  private readonly session: Pointer;
  private readonly prepared = new WeakMap<RunPlan, PreparedPlan>();
  private last: Promise<unknown> = Promise.resolve();
  private readonly kept = new WeakMap<HostTensor, Pointer>();
  private isDisposed = false;

  constructor(options: SessionOptions) {
    const api = cApi();
    this.graph = api.NewGraph() as Pointer;
    const config = sessionConfig(options);
    const sessionOptions = api.NewSessionOptions() as Pointer;
    try {
      checked('session options', (status) => api.SetConfig(sessionOptions, config, config.length, status));
      this.session = checked('session', (status) => api.NewSession(this.graph, sessionOptions, status) as Pointer);
    } finally {
      api.DeleteSessionOptions(sessionOptions);
    }
  }

  /** Adds a graph; its nodes are then called `prefix/name`. */
  import(graph: GraphDef, prefix: string): void {
    const api = cApi();
    const buffer = newBuffer(GraphDefMessage.encode(graph));
    const options = api.NewImportGraphDefOptions() as Pointer;
    try {
      api.ImportGraphDefOptionsSetPrefix(options, prefix);
      checked(`graph ${prefix}`, (status) => api.GraphImportGraphDef(this.graph, buffer, options, status));
    } finally {
      api.DeleteImportGraphDefOptions(options);
      api.DeleteBuffer(buffer);
    }
  }

  /** The whole graph, with what was imported into it. */
  graphDef(): GraphDef {
    const fill = (buffer: Pointer, status: Pointer): void => void cApi().GraphToGraphDef(this.graph, buffer, status);
    return GraphDefMessage.decode(bytesFrom('graph', fill));
  }

  /**
   * Runs a plan; `values` are in the order of its feeds, the results in that of its fetches. Runs of one session are
   * executed one after another.
   *
   * The data of a kept fetch is a view on TensorFlow's memory: fed to a run, it is not copied. It must be released.
   */
  run(plan: RunPlan, values: readonly HostTensor[]): Promise<HostTensor[]> {
    const result = this.last.then(() => this.runNow(plan, values));
    this.last = result.catch(() => undefined);
    return result;
  }

  /** Frees kept results, whose data must not be touched any more; does nothing for others. */
  release(tensors: readonly HostTensor[]): void {
    for (const tensor of tensors) {
      const pointer = this.kept.get(tensor);
      if (pointer !== undefined) cApi().DeleteTensor(pointer);
      this.kept.delete(tensor);
    }
  }

  /** The kinds of the devices that graphs are placed on, such as `CPU` and `GPU`, one for each device. */
  deviceTypes(): string[] {
    const api = cApi();
    const list = checked('devices', (status) => api.SessionListDevices(this.session, status) as Pointer);
    try {
      return Array.from({ length: api.DeviceListCount(list) as number }, (_, i) =>
        checked(`device ${i}`, (status) => api.DeviceListType(list, i, status) as string),
      );
    } finally {
      api.DeleteDeviceList(list);
    }
  }

  /** Waits for the run under way and frees the session with its variables. */
  async dispose(): Promise<void> {
    await this.last;
    if (this.isDisposed) return;
    this.isDisposed = true;
    const api = cApi();
    checked('close session', (status) => api.CloseSession(this.session, status));
    checked('delete session', (status) => api.DeleteSession(this.session, status));
    api.DeleteGraph(this.graph);
  }

  private async runNow(plan: RunPlan, values: readonly HostTensor[]): Promise<HostTensor[]> {
    if (this.isDisposed) throw new Error('The model was disposed: make a new one to run it');
    // TensorFlow would read beyond the end of the feeds.
    if (values.length !== plan.feeds.length) throw new Error(`${values.length} values for ${plan.feeds.length} feeds`);
    const api = cApi();
    const { feeds, fetches, targets } = this.prepare(plan);
    const inputs = new BigInt64Array(values.length);
    const outputs = new BigInt64Array(plan.fetches.length);
    const status = api.NewStatus() as Pointer;
    const trace = this.tracer === undefined ? undefined : new Trace(this.tracer);
    const options = newBuffer(
      RunOptionsMessage.encode({
        traceLevel: trace === undefined ? NO_TRACE : FULL_TRACE,
        interOpThreadPool: plan.isOpByOp === true ? ONE_BY_ONE : SIDE_BY_SIDE,
      }),
    );
    try {
      values.forEach((value, i) => {
        checkHostTensor(plan.feeds[i], value);
        inputs[i] = this.kept.get(value) ?? newTensor(DataType[value.dtype], value.shape, value.data);
      });
      await new Promise<void>((resolve, reject) => {
        api.SessionRun.async(
          ...[this.session, options, feeds, inputs, inputs.length, fetches, outputs, outputs.length],
          ...[targets, targets.length, trace?.metadata ?? null, status],
          (error: Error | null) => (error ? reject(error) : resolve()),
        );
      });
      raise('TensorFlow', status);
      trace?.report();
      return Array.from(outputs, (tensor, i) => {
        if (plan.isKept?.(plan.fetches[i]) !== true) return tensorValues(tensor);
        outputs[i] = 0n; // Not deleted below.
        const view = tensorView(tensor);
        this.kept.set(view, tensor);
        return view;
      });
    } finally {
      values.forEach((value, i) => {
        if (this.kept.has(value)) inputs[i] = 0n;
      });
      for (const tensor of [...inputs, ...outputs]) if (tensor !== 0n) api.DeleteTensor(tensor);
      api.DeleteStatus(status);
      api.DeleteBuffer(options);
      trace?.dispose();
    }
  }

  private prepare(plan: RunPlan): PreparedPlan {
    let prepared = this.prepared.get(plan);
    if (prepared === undefined) {
      const operation = (name: string): Pointer => this.operation(name);
      prepared = {
        feeds: outputArray(plan.feeds, operation),
        fetches: outputArray(plan.fetches, operation),
        targets: BigInt64Array.from(plan.targets, operation),
      };
      this.prepared.set(plan, prepared);
    }
    return prepared;
  }

  // A missing name would crash inside TF_SessionRun: it is refused here.
  private operation(name: string): Pointer {
    const operation = cApi().GraphOperationByName(this.graph, name) as Pointer | null;
    if (operation === null || operation === 0n) throw new Error(`The graph has no node ${name}`);
    return operation;
  }
}

/** What a traced run gives. */
class Trace {
  readonly metadata = cApi().NewBuffer() as Pointer;
  private readonly startMs = performance.now();

  constructor(private readonly tracer: (trace: RunTrace) => void) {}

  report(): void {
    const wallMs = performance.now() - this.startMs;
    const { stepStats = { devStats: [] } } = RunMetadataMessage.decode(bufferBytes(this.metadata));
    this.tracer({ stats: stepStats, wallMs });
  }

  dispose(): void {
    cApi().DeleteBuffer(this.metadata);
  }
}

function newBuffer(bytes: Uint8Array): Pointer {
  return cApi().NewBufferFromString(bytes, bytes.length) as Pointer;
}

/** TF_Output[] as memory: a pointer and a 32-bit index (padded to 64 bits) for each `node:index`. */
function outputArray(names: readonly string[], operation: (name: string) => Pointer): BigInt64Array {
  const memory = new BigInt64Array(names.length * 2);
  names.forEach((name, i) => {
    const [node, index = '0'] = name.split(':') as [string, string?];
    memory[2 * i] = operation(node);
    memory[2 * i + 1] = BigInt(index);
  });
  return memory;
}
