// Steps with and without Feature Mining in turn, in one process: {plain, other}, milliseconds of each.
import { measureOverhead } from '@featuremine/backbone-pretrain';
import { contenderOptions } from '../measure.mjs';

const { stages, ...options } = contenderOptions();
const { plain, mined } = await measureOverhead({ ...options, stages: [stages] });
process.stdout.write(`${JSON.stringify({ plain, other: mined[0] })}\n`);
