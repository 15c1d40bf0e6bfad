import { channelMining } from './channel-mining';
import { independentMining } from './independent-mining';
import { boxMining, type MiningKind } from './mining-kind';
import { pointMining } from './point-mining';
import { wholeMining } from './whole-mining';

/** Names that `--mining-kind` takes: the paper's method first, then its ablations, then heads without mining. */
export const MINING_KINDS = ['box', 'points', 'channels', 'independent', 'whole'] as const;
/** A way of separating maps, by its name. */
export type MiningKindName = (typeof MINING_KINDS)[number];

const KINDS: Readonly<Record<MiningKindName, MiningKind>> = {
  box: boxMining,
  points: pointMining,
  channels: channelMining,
  independent: independentMining,
  whole: wholeMining,
};

/** The way of separating maps with this name. */
export function miningKind(name: MiningKindName): MiningKind {
  return KINDS[name];
}
