import { channelMining } from './channel-mining';
import { independentMining } from './independent-mining';
import { boxMining, type MiningKind } from './mining-kind';
import { pointMining } from './point-mining';

/** Names that `--mining-kind` takes: the paper's method first, then its ablations. */
export const MINING_KINDS = ['box', 'points', 'channels', 'independent'] as const;
export type MiningKindName = (typeof MINING_KINDS)[number];

const KINDS: Readonly<Record<MiningKindName, MiningKind>> = {
  box: boxMining,
  points: pointMining,
  channels: channelMining,
  independent: independentMining,
};

/** The way of separating maps with this name. */
export function miningKind(name: MiningKindName): MiningKind {
  return KINDS[name];
}
