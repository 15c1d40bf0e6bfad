export type { ExportGraph, ExportNode, Operation, Padding } from './export-graph';
