import { GraphDefMessage, type GraphDef, type NodeDef } from '@featuremine/tensor-graph';
import protobuf from 'protobufjs/light';
import type { ExportGraph, ExportNode } from './export-graph';
import { TensorflowType } from './tensorflow-nodes';
import { toTensorflow } from './to-tensorflow';
import { writeFiles } from './write-files';

/** The name of the one file of the folder. */
export const SAVED_MODEL_FILE = 'saved_model.pb';

/** The signature that returns what is to be known of the model, as a JSON text named `json`. */
const METADATA_SIGNATURE = 'metadata';

// The fields, by number, of tensorflow/core/protobuf/{saved_model,meta_graph}.proto that are written here. The graph
// goes in as bytes, which on the wire is the same as the message.
const root = protobuf.Root.fromJSON({
  nested: {
    Dim: { fields: { size: { type: 'int64', id: 1 } } },
    TensorShape: { fields: { dim: { rule: 'repeated', type: 'Dim', id: 2 } } },
    TensorInfo: {
      fields: {
        name: { type: 'string', id: 1 },
        dtype: { type: 'int32', id: 2 },
        tensorShape: { type: 'TensorShape', id: 3 },
      },
    },
    SignatureDef: {
      fields: {
        inputs: { keyType: 'string', type: 'TensorInfo', id: 1 } as protobuf.IMapField,
        outputs: { keyType: 'string', type: 'TensorInfo', id: 2 } as protobuf.IMapField,
        methodName: { type: 'string', id: 3 },
      },
    },
    MetaInfoDef: {
      fields: { tags: { rule: 'repeated', type: 'string', id: 4 }, tensorflowVersion: { type: 'string', id: 5 } },
    },
    MetaGraphDef: {
      fields: {
        metaInfoDef: { type: 'MetaInfoDef', id: 1 },
        graphDef: { type: 'bytes', id: 2 },
        signatureDef: { keyType: 'string', type: 'SignatureDef', id: 5 } as protobuf.IMapField,
      },
    },
    SavedModel: {
      fields: {
        savedModelSchemaVersion: { type: 'int64', id: 1 },
        metaGraphs: { rule: 'repeated', type: 'MetaGraphDef', id: 2 },
      },
    },
  },
});

/**
 * Writes a SavedModel: `saved_model.pb` with the tag `serve`, the signature `serving_default`, and the signature
 * `metadata`. All weights are constants, so there is no variables folder.
 */
export function writeSavedModel(folder: string, graph: ExportGraph, metadata: object): string[] {
  const written = toTensorflow(graph, 'tensorflow');
  const json: NodeDef = metadataNode(JSON.stringify(metadata));
  const message = root.lookupType('SavedModel');
  const content = {
    savedModelSchemaVersion: 1,
    metaGraphs: [
      {
        metaInfoDef: { tags: ['serve'], tensorflowVersion: '2.21.0' },
        graphDef: GraphDefMessage.encode({ ...written, node: [...written.node, json] } satisfies GraphDef),
        signatureDef: {
          serving_default: signature(graph),
          [METADATA_SIGNATURE]: {
            outputs: { json: { name: 'metadata:0', dtype: TensorflowType.string, tensorShape: { dim: [] } } },
            methodName: 'tensorflow/serving/predict',
          },
        },
      },
    ],
  };
  return writeFiles(folder, new Map([[SAVED_MODEL_FILE, message.encode(message.fromObject(content)).finish()]]));
}

function metadataNode(json: string): NodeDef {
  const type = TensorflowType.string;
  const tensor = { dtype: type, tensorShape: { dim: [] }, stringVal: [Buffer.from(json)] };
  return { name: 'metadata', op: 'Const', input: [], attr: { dtype: { type }, value: { tensor } } };
}

function signature({ inputs, outputs }: ExportGraph): object {
  const info = (name: string, { dtype, shape }: ExportNode): object => ({
    name: `${name}:0`,
    dtype: TensorflowType[dtype],
    tensorShape: { dim: shape.map((size) => ({ size })) },
  });
  const fed = inputs.flatMap((node) => (node.operation.kind === 'input' ? [[node.operation.name, node] as const] : []));
  return {
    inputs: Object.fromEntries(fed.map(([name, node]) => [name, info(name, node)])),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, node]) => [name, info(name, node)])),
    methodName: 'tensorflow/serving/predict',
  };
}
