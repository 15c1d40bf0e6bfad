import { isNhwc } from './node-attributes';
import { NodeReaders, plainName } from './node-readers';
import type { GraphDef, NodeDef } from './protobuf';
import { SAME_SHAPE } from './recorder';

// What follows a normalisation and becomes one op with it: nothing, a ReLU, or a sum and a ReLU.
interface Fusion {
  readonly op: 'FeaturemineBatchNorm' | 'FeaturemineBatchNormRelu' | 'FeaturemineBatchNormAddRelu';
  /** The node of the recorded graph whose place and name the new op takes: the last one. */
  readonly last: NodeDef;
  readonly sum?: NodeDef;
  /** The other input of the sum. */
  readonly side?: string;
}

/**
 * Puts own kernels in the place of batch normalisation in training form, together with a residual sum and a ReLU behind it
 * where nothing else reads what lies between, and of their gradients. The graph computes the same function in fewer
 * passes over its largest tensors.
 */
export function batchNormRewrite(graph: GraphDef): GraphDef {
  return new BatchNormRewrite(graph).rewritten();
}

class BatchNormRewrite {
  private readonly nodes: ReadonlyMap<string, NodeDef>;
  /** The place of each node in the order of recording. */
  private readonly places: ReadonlyMap<string, number>;
  private readonly readers: NodeReaders;
  private readonly replacements = new Map<string, NodeDef>();
  private readonly removed = new Set<string>();
  /** What stands for a tensor, or for a node that is waited for, that is gone. */
  private readonly renamed = new Map<string, string>();

  constructor(private readonly graph: GraphDef) {
    this.nodes = new Map(graph.node.map((node) => [node.name, node]));
    this.places = new Map(graph.node.map(({ name }, place) => [name, place]));
    this.readers = new NodeReaders(graph);
  }

  rewritten(): GraphDef {
    for (const node of this.graph.node) if (this.isBatchNorm(node)) this.fuse(node);
    const node = this.graph.node
      .filter(({ name }) => !this.removed.has(name))
      .map((original) => {
        const { input, ...rest } = this.replacements.get(original.name) ?? original;
        return { ...rest, input: input.map((name) => this.renamed.get(plainName(name)) ?? name) };
      });
    return { ...this.graph, node };
  }

  private isBatchNorm(node: NodeDef): boolean {
    const { name, op, attr } = node;
    if (op !== 'FusedBatchNormV3' || attr['is_training']?.b !== true) return false;
    if (attr['exponential_avg_factor'] !== undefined && attr['exponential_avg_factor'].f !== 1) return false;
    if (!isNhwc(node)) return false;
    // What the kernel keeps for its gradient has another form here.
    return [3, 4, 5].every((port) => this.readers.of(`${name}:${port}`).every(isGradient));
  }

  private fuse(batchNorm: NodeDef): void {
    const fusion = this.fusionOf(batchNorm);
    const { op, last, sum, side } = fusion;
    const gone = [batchNorm, ...(sum === undefined ? [] : [sum])].filter((node) => node !== last);
    const controls = [...gone, last].flatMap(({ input }) => input.filter((name) => name.startsWith('^')));
    const { T, epsilon } = batchNorm.attr as Record<'T' | 'epsilon', NodeDef['attr'][string]>;
    this.replacements.set(last.name, {
      ...last,
      op,
      input: [...batchNorm.input.slice(0, 3), ...(side === undefined ? [] : [side]), ...new Set(controls)],
      attr: { T, epsilon },
    });
    for (const port of [1, 2]) this.renamed.set(`${batchNorm.name}:${port}`, `${last.name}:${port}`);
    for (const { name } of gone) {
      this.removed.add(name);
      this.renamed.set(`^${name}`, `^${last.name}`);
    }
    for (const gradient of this.readers.of(`${batchNorm.name}:3`)) this.fuseGradient(gradient, batchNorm, fusion);
  }

  private fusionOf(batchNorm: NodeDef): Fusion {
    const next = this.readers.only(batchNorm);
    if (next?.op === 'Relu') return { op: 'FeaturemineBatchNormRelu', last: next };
    const isSum = (next?.op === 'AddV2' || next?.op === 'Add') && next.attr[SAME_SHAPE]?.b === true;
    const relu = isSum && !this.removed.has(next.name) ? this.readers.only(next) : undefined;
    const side = next?.input.find((name) => !name.startsWith('^') && plainName(name) !== batchNorm.name);
    if (relu?.op !== 'Relu' || side === undefined || !this.isBefore(side, batchNorm)) {
      return { op: 'FeaturemineBatchNorm', last: batchNorm };
    }
    return { op: 'FeaturemineBatchNormAddRelu', last: relu, sum: next!, side };
  }

  // What was recorded before a node does not depend on it: fused, the node would else wait for itself.
  private isBefore(tensor: string, { name }: NodeDef): boolean {
    return this.places.get(tensor.split(':', 1)[0])! < this.places.get(name)!;
  }

  // The gradient of the normalisation, with that of the ReLU before it where it comes straight from there.
  private fuseGradient(gradient: NodeDef, batchNorm: NodeDef, { op, last }: Fusion): void {
    const [dy, x, scale] = gradient.input;
    const inputs = [x, scale, `${last.name}:1`, `${last.name}:3`];
    const relu = this.nodes.get(plainName(dy));
    const isOfRelu =
      relu?.op === 'ReluGrad' && plainName(relu.input[1]) === last.name && typeOf(relu) === typeOf(gradient);
    // Without a sum, nobody but the normalisation has a use for the ReLU's gradient.
    const isOwn = op === 'FeaturemineBatchNormAddRelu' || this.readers.of(plainName(dy)).length === 1;
    const isFused = isOfRelu && isOwn;
    const controls = [...(isFused ? relu.input : []), ...gradient.input].filter((name) => name.startsWith('^'));
    const kept = op === 'FeaturemineBatchNormAddRelu' ? last.name : batchNorm.input[2];
    this.replacements.set(gradient.name, {
      ...gradient,
      op: `${isFused ? op : 'FeaturemineBatchNorm'}Grad`,
      input: [isFused ? relu.input[0] : dy, ...inputs, ...(isFused ? [kept] : []), ...new Set(controls)],
      attr: { T: gradient.attr['T'] },
    });
    if (!isFused) return;
    this.removed.add(relu.name);
    this.renamed.set(relu.name, `${gradient.name}:3`);
    this.renamed.set(`^${relu.name}`, `^${gradient.name}`);
  }
}

function isGradient({ op }: NodeDef): boolean {
  return op === 'FusedBatchNormGradV3';
}

function typeOf({ attr }: NodeDef): number | undefined {
  return attr['T']?.type;
}
