import { trainingFields } from '@featuremine/training';
import { z } from 'zod';

const value = z.union([z.number(), z.boolean(), z.string(), z.array(z.number())]);
const trainOptions = z.record(z.string(), z.union([value, z.record(z.string(), value)]));

/** All options of `backbone-pretrain compare`. */
export const compareSchema = z.object({
  base: trainOptions.default({}).describe('Options of train that all arms share, by key: --set base.epochs=10'),
  arms: z
    .record(z.string().regex(/^[\w.-]+$/, 'a name of letters, digits, - and _'), trainOptions)
    .describe('What each arm has besides, by its name: --set arms.mined.featureMining=2'),
  against: z.string().min(1).optional().describe('The arm that the others are compared with (the first if not given)'),
  only: z.array(z.string().min(1)).optional().describe('Runs these arms only'),
  seeds: z.number().int().min(1).default(3).describe('Trainings of each arm, with seeds 0, 1, …'),
  atOnce: z
    .number()
    .int()
    .min(1)
    .default(1)
    .describe('Trainings side by side, each on its share of the cores: of small networks, several are done sooner so'),
  data: z.string().min(1).optional().describe('Folder of the data set'),
  out: z
    .string()
    .min(1)
    .describe('Folder of all trainings, of comparison.json and report.html; finished trainings are not run again'),
  dryRun: trainingFields.dryRun,
});
export type CompareOptions = z.output<typeof compareSchema>;
