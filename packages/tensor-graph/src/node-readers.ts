import type { GraphDef, NodeDef } from './protobuf';

/** The nodes of a graph by what they read (`node`, `node:1`) or wait for (`^node`), each once. */
export class NodeReaders {
  private readonly readers = new Map<string, NodeDef[]>();

  constructor(graph: GraphDef) {
    for (const node of graph.node) {
      for (const input of new Set(node.input.map(plainName))) this.readers.set(input, [...this.of(input), node]);
    }
  }

  /** Those of a tensor, or of a node that is waited for. */
  of(input: string): readonly NodeDef[] {
    return this.readers.get(input) ?? [];
  }

  /** The only one that reads a node's first output, if it has the node's type. */
  only({ name, attr }: NodeDef): NodeDef | undefined {
    const [reader, ...others] = this.of(name);
    return others.length === 0 && reader?.attr['T']?.type === attr['T']?.type ? reader : undefined;
  }
}

/** The name of a tensor or of a node that is waited for: output 0 has two. */
export function plainName(input: string): string {
  return input.endsWith(':0') ? input.slice(0, -2) : input;
}
