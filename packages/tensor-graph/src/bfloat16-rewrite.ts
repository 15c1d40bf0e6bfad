import type { GraphDef } from './protobuf';
export function bfloat16Rewrite(graph: GraphDef): GraphDef {
  return graph;
}
