export type { ExportGraph, ExportNode, Operation, Padding } from './export-graph';
export { anySize } from './any-size';
export { ExportError } from './export-error';
export { importGraph } from './import-graph';
export { simplify } from './simplify';
export { METADATA_SIGNATURE, SAVED_MODEL_FILE, writeSavedModel } from './saved-model';
export { TFJS_MODEL_FILE, writeTfjsModel } from './tfjs-model';
export type { TfjsModelOptions } from './tfjs-model';
export type { StoredWeights } from './quantize-weights';
