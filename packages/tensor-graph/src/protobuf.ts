import protobuf from 'protobufjs/light';

/** TensorFlow's TensorShapeProto; `size` is −1 for an unknown dimension. */
export interface TensorShape {
  dim: { size: number }[];
  unknownRank?: boolean;
}

/** TensorFlow's TensorProto: the value of a constant, as bytes or (short ones) as a list of its type. */
export interface TensorValue {
  dtype: number;
  tensorShape: TensorShape;
  tensorContent?: Uint8Array;
  floatVal?: number[];
  intVal?: number[];
  int64Val?: number[];
  boolVal?: boolean[];
  stringVal?: Uint8Array[];
}

/** TensorFlow's AttrValue: one of these fields is set. */
export interface AttrValue {
  s?: Uint8Array;
  i?: number;
  f?: number;
  b?: boolean;
  type?: number;
  shape?: TensorShape;
  tensor?: TensorValue;
  list?: { s?: Uint8Array[]; i?: number[]; f?: number[]; b?: boolean[]; type?: number[] };
}

/** TensorFlow's NodeDef. Inputs are `node`, `node:output` or `^node` for a control edge. */
export interface NodeDef {
  name: string;
  op: string;
  input: string[];
  device?: string;
  attr: Record<string, AttrValue>;
}

/** TensorFlow's GraphDef, without functions. */
export interface GraphDef {
  node: NodeDef[];
  versions?: { producer: number; minConsumer: number };
}

interface OpDef {
  inputArg: { name: string; numberAttr: string; typeListAttr: string }[];
}

// The fields, by number, of the messages in tensorflow/core/framework/*.proto and core/protobuf/config.proto that are
// read or written here.
const root = protobuf.Root.fromJSON({
  nested: {
    Dim: { fields: { size: { type: 'int64', id: 1 }, name: { type: 'string', id: 2 } } },
    TensorShapeProto: {
      fields: { dim: { rule: 'repeated', type: 'Dim', id: 2 }, unknownRank: { type: 'bool', id: 3 } },
    },
    TensorProto: {
      fields: {
        dtype: { type: 'int32', id: 1 },
        tensorShape: { type: 'TensorShapeProto', id: 2 },
        versionNumber: { type: 'int32', id: 3 },
        tensorContent: { type: 'bytes', id: 4 },
        floatVal: { rule: 'repeated', type: 'float', id: 5 },
        doubleVal: { rule: 'repeated', type: 'double', id: 6 },
        intVal: { rule: 'repeated', type: 'int32', id: 7 },
        stringVal: { rule: 'repeated', type: 'bytes', id: 8 },
        int64Val: { rule: 'repeated', type: 'int64', id: 10 },
        boolVal: { rule: 'repeated', type: 'bool', id: 11 },
        halfVal: { rule: 'repeated', type: 'int32', id: 13 },
      },
    },
    ListValue: {
      fields: {
        s: { rule: 'repeated', type: 'bytes', id: 2 },
        i: { rule: 'repeated', type: 'int64', id: 3 },
        f: { rule: 'repeated', type: 'float', id: 4 },
        b: { rule: 'repeated', type: 'bool', id: 5 },
        type: { rule: 'repeated', type: 'int32', id: 6 },
        shape: { rule: 'repeated', type: 'TensorShapeProto', id: 7 },
      },
    },
    AttrValue: {
      oneofs: { value: { oneof: ['list', 's', 'i', 'f', 'b', 'type', 'shape', 'tensor'] } },
      fields: {
        list: { type: 'ListValue', id: 1 },
        s: { type: 'bytes', id: 2 },
        i: { type: 'int64', id: 3 },
        f: { type: 'float', id: 4 },
        b: { type: 'bool', id: 5 },
        type: { type: 'int32', id: 6 },
        shape: { type: 'TensorShapeProto', id: 7 },
        tensor: { type: 'TensorProto', id: 8 },
      },
    },
    NodeDef: {
      fields: {
        name: { type: 'string', id: 1 },
        op: { type: 'string', id: 2 },
        input: { rule: 'repeated', type: 'string', id: 3 },
        device: { type: 'string', id: 4 },
        attr: { keyType: 'string', type: 'AttrValue', id: 5 } as protobuf.IMapField,
      },
    },
    VersionDef: { fields: { producer: { type: 'int32', id: 1 }, minConsumer: { type: 'int32', id: 2 } } },
    GraphDef: {
      fields: { node: { rule: 'repeated', type: 'NodeDef', id: 1 }, versions: { type: 'VersionDef', id: 4 } },
    },
    ArgDef: {
      fields: {
        name: { type: 'string', id: 1 },
        numberAttr: { type: 'string', id: 5 },
        typeListAttr: { type: 'string', id: 6 },
      },
    },
    OpDef: { fields: { name: { type: 'string', id: 1 }, inputArg: { rule: 'repeated', type: 'ArgDef', id: 2 } } },
    NodeExecStats: {
      fields: {
        nodeName: { type: 'string', id: 1 },
        timelineLabel: { type: 'string', id: 8 },
        opStartRelNanos: { type: 'int64', id: 14 },
        opEndRelNanos: { type: 'int64', id: 15 },
      },
    },
    DeviceStepStats: {
      fields: {
        device: { type: 'string', id: 1 },
        nodeStats: { rule: 'repeated', type: 'NodeExecStats', id: 2 },
      },
    },
    StepStats: { fields: { devStats: { rule: 'repeated', type: 'DeviceStepStats', id: 1 } } },
    RunMetadata: { fields: { stepStats: { type: 'StepStats', id: 1 } } },
    ThreadPoolOptionProto: { fields: { numThreads: { type: 'int32', id: 1 } } },
    RunOptions: { fields: { traceLevel: { type: 'int32', id: 1 }, interOpThreadPool: { type: 'int32', id: 3 } } },
    GpuOptions: { fields: { allowGrowth: { type: 'bool', id: 4 } } },
    OptimizerOptions: { fields: { globalJitLevel: { type: 'int32', id: 5 } } },
    RewriterConfig: {
      fields: {
        arithmeticOptimization: { type: 'int32', id: 7 },
        disableMetaOptimizer: { type: 'bool', id: 19 },
      },
    },
    GraphOptions: {
      fields: {
        optimizerOptions: { type: 'OptimizerOptions', id: 3 },
        rewriteOptions: { type: 'RewriterConfig', id: 10 },
      },
    },
    ConfigProto: {
      fields: {
        intraOpParallelismThreads: { type: 'int32', id: 2 },
        sessionInterOpThreadPool: { rule: 'repeated', type: 'ThreadPoolOptionProto', id: 12 },
        gpuOptions: { type: 'GpuOptions', id: 6 },
        allowSoftPlacement: { type: 'bool', id: 7 },
        graphOptions: { type: 'GraphOptions', id: 10 },
      },
    },
  },
});

/** Encoding and decoding of one message type. Numbers are JavaScript numbers; absent scalars take their defaults. */
export interface MessageCodec<T> {
  decode(bytes: Uint8Array): T;
  encode(value: T): Uint8Array;
}

function codec<T>(name: string): MessageCodec<T> {
  const type = root.lookupType(name);
  const options = { longs: Number, defaults: false, arrays: true, objects: true, oneofs: false };
  return {
    decode: (bytes) => type.toObject(type.decode(bytes), options) as T,
    encode: (value) => type.encode(type.fromObject(value as Record<string, unknown>)).finish(),
  };
}

/** Reads and writes TensorFlow's form of a graph. */
export const GraphDefMessage = codec<GraphDef>('GraphDef');
export const OpDefMessage = ((): MessageCodec<OpDef> => {
  const plain = codec<OpDef>('OpDef');
  const withDefaults = (bytes: Uint8Array): OpDef => ({
    inputArg: plain.decode(bytes).inputArg.map(({ name, numberAttr = '', typeListAttr = '' }) => ({
      name,
      numberAttr,
      typeListAttr,
    })),
  });
  return { ...plain, decode: withDefaults };
})();

/** TensorFlow's StepStats: what a traced run executed on each device. Times are in nanoseconds. */
export interface StepStats {
  devStats: {
    device: string;
    nodeStats: { nodeName: string; timelineLabel?: string; opStartRelNanos?: number; opEndRelNanos?: number }[];
  }[];
}

export const RunMetadataMessage = codec<{ stepStats?: StepStats }>('RunMetadata');
export const RunOptionsMessage = codec<{ traceLevel: number; interOpThreadPool: number }>('RunOptions');

/** What a session is made with. */
export interface SessionConfig {
  intraOpParallelismThreads: number;
  /** Pools for ops side by side; a run names one of them by its place. */
  sessionInterOpThreadPool: { numThreads: number }[];
  allowSoftPlacement: boolean;
  gpuOptions: { allowGrowth: boolean };
  graphOptions: {
    /** XLA's level: 0 default, which is off, 1 on. */
    optimizerOptions: { globalJitLevel: number };
    /** Of Grappler, the meta optimizer; 0 default, 1 on, 2 off. */
    rewriteOptions: { disableMetaOptimizer: boolean; arithmeticOptimization: number };
  };
}
export const ConfigMessage = codec<SessionConfig>('ConfigProto');
