import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration, type Logger } from '@featuremine/command-line';
import { dryRunText, isDryRun, type DryRunSummary } from '@featuremine/training';
import { trainClassifier } from '../train-classifier';
import { trainSchema } from '../training-options';
import { comparedCells } from './compare';
import type { CompareOptions } from './compare-options';
import { readCell, resolved } from './training-cell';

/** What a comparison would train. */
export interface ComparisonPlan {
  readonly arms: readonly ArmPlan[];
  /** Of the trainings that are not finished, without their evaluations. */
  readonly estimatedSeconds: number;
}

/** The trainings of an arm. */
export interface ArmPlan {
  readonly arm: string;
  readonly finishedSeeds: readonly number[];
  /** Those to be trained; what an interrupted one has done is not taken off its time. */
  readonly seeds: readonly number[];
  /** A dry run of the first of them, which stands for all; absent when all are finished. */
  readonly training?: DryRunSummary;
}

/** Takes a few steps of each arm and tells what the whole comparison will be. Nothing is written. Errors as `compareArms`. */
export async function comparisonPlan(options: CompareOptions, log: Logger): Promise<ComparisonPlan> {
  const cells = comparedCells(options);
  const arms: ArmPlan[] = [];
  for (const arm of new Set(cells.map((cell) => cell.arm))) {
    const own = cells.filter((cell) => cell.arm === arm);
    const open = own.filter((cell) => readCell(cell) === undefined);
    const seeds = open.map(({ seed }) => seed);
    const finishedSeeds = own.map(({ seed }) => seed).filter((seed) => !seeds.includes(seed));
    if (open.length === 0) {
      arms.push({ arm, finishedSeeds, seeds });
      continue;
    }
    log.info(arm);
    const resume = existsSync(join(open[0].folder, 'config.json')); // else an interrupted run refuses its folder
    const training = await trainClassifier(
      trainSchema.parse({ ...resolved(open[0]), dryRun: true, profile: false, resume }),
      log,
    );
    if (!isDryRun(training)) throw new Error(`${arm}: a dry run ended as a training`);
    arms.push({ arm, finishedSeeds, seeds, training });
  }
  const seconds = arms.map(({ seeds, training }) => seeds.length * (training?.plan.estimatedSeconds ?? 0));
  return { arms, estimatedSeconds: seconds.reduce((sum, value) => sum + value, 0) };
}

/** The plan for people: arm by arm what one of its trainings is, then the time of all. */
export function comparisonPlanText({ arms, estimatedSeconds }: ComparisonPlan): string {
  const parts = arms.map(({ arm, seeds, finishedSeeds, training }) => {
    const finished = finishedSeeds.length === 0 ? '' : `; finished: ${finishedSeeds.join(', ')}`;
    const head = `${arm}: ${seeds.length === 0 ? 'nothing to train' : `seeds ${seeds.join(', ')}`}${finished}`;
    return training === undefined ? head : `${head}\n\n${dryRunText(training)}`;
  });
  const count = arms.reduce((sum, { seeds }) => sum + seeds.length, 0);
  const total = `${count} trainings: ${formatDuration(1000 * estimatedSeconds)}, without evaluations`;
  return [...parts, total].join('\n\n');
}
