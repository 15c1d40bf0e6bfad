import { formatTable } from '@featuremine/command-line';
import type { ArmResult, Scores } from './arm-result';
import { ARM_NAMES, ARM_TITLES } from './arms';
import type { ArmName } from './arms';
import { formatDifference, formatSpread, pairedDifference, spreadOf } from '@featuremine/training';
import type { Spread } from '@featuremine/training';

/** The scores in the order of the tables. */
export const SCORE_NAMES = ['AP50', 'AP75', 'AP', 'mAP'] as const satisfies readonly (keyof Scores)[];
export type ScoreName = (typeof SCORE_NAMES)[number];

/** Mean and deviation of each score of an arm, and what it differs by, seed by seed, from another arm. */
export interface ArmSummary {
  readonly arm: ArmName;
  readonly seeds: number;
  readonly scores: Readonly<Record<ScoreName, Spread>>;
}

/** A paired difference between two arms. */
export interface ArmDifference {
  readonly arm: ArmName;
  readonly against: ArmName;
  readonly scores: Readonly<Record<ScoreName, Spread>>;
}

/** The comparison of all arms that have results. */
export interface Comparison {
  readonly arms: readonly ArmSummary[];
  readonly differences: readonly ArmDifference[];
}

const PAIRS: readonly (readonly [ArmName, ArmName])[] = [
  ['fm', 'baseline'],
  ['baseline', 'none'],
  ['fm', 'none'],
];

/** Summarises results by arm, and the differences of the pairs of arms over the seeds that both have. */
export function compareResults(results: readonly ArmResult[]): Comparison {
  const of = (arm: ArmName): ArmResult[] => results.filter((result) => result.arm === arm);
  const arms = ARM_NAMES.filter((arm) => of(arm).length > 0);
  return {
    arms: arms.map((arm) => ({
      arm,
      seeds: of(arm).length,
      scores: byScore((name) => spreadOf(of(arm).map(({ scores }) => scores[name]))),
    })),
    differences: PAIRS.filter(([arm, against]) => arms.includes(arm) && arms.includes(against)).map(
      ([arm, against]) => {
        const pairs = of(arm).flatMap((result) => {
          const other = of(against).find(({ seed }) => seed === result.seed);
          return other ? [[result, other] as const] : [];
        });
        const difference = (name: ScoreName): Spread =>
          pairedDifference(
            pairs.map(([result]) => result.scores[name]),
            pairs.map(([, other]) => other.scores[name]),
          );
        return { arm, against, scores: byScore(difference) };
      },
    ),
  };
}

/** The rows of a comparison: title and the four scores, arms first, then differences. */
export function comparisonRows({ arms, differences }: Comparison): string[][] {
  return [
    ...arms.map(({ arm, scores }) => [ARM_TITLES[arm], ...SCORE_NAMES.map((name) => formatSpread(scores[name]))]),
    ...differences.map(({ arm, against, scores }) => [
      `${ARM_TITLES[arm]} − ${ARM_TITLES[against]}`,
      ...SCORE_NAMES.map((name) => formatDifference(scores[name])),
    ]),
  ];
}

/** The comparison as a text table; of one arm with one seed, a score a row. */
export function comparisonTable(comparison: Comparison): string {
  const rows = comparisonRows(comparison);
  const right = 'right' as const;
  if (rows.length === 1) {
    const titles: Record<ScoreName, string> = {
      AP50: 'AP50 (COCO)',
      AP75: 'AP75 (COCO)',
      AP: 'AP (COCO, IoU 0.50:0.95)',
      mAP: 'mAP',
    };
    return formatTable({
      columns: [{ title: ARM_TITLES[comparison.arms[0].arm] }, { title: 'value', align: right }],
      rows: SCORE_NAMES.map((name, i) => [titles[name], rows[0][i + 1]]),
    });
  }
  return formatTable({
    columns: [{ title: 'detector from' }, ...SCORE_NAMES.map((title) => ({ title, align: right }))],
    rows,
  });
}

function byScore(of: (name: ScoreName) => Spread): Record<ScoreName, Spread> {
  return Object.fromEntries(SCORE_NAMES.map((name) => [name, of(name)])) as Record<ScoreName, Spread>;
}
