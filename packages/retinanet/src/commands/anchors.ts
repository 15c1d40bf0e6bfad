import { defineCommand, formatTable } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { z } from 'zod';
import { adviceOn, anchorCoverage } from '../anchor-coverage';
import type { ClassCoverage } from '../anchor-coverage';
import { readDetectionSet, setField, sourceFields } from '../data-source';
import { describeResize } from '../resize-option';
import { suggestAnchors } from '../suggest-anchors';
import type { AnchorSuggestion } from '../suggest-anchors';
import { sizeFields, trainSchema } from '../train-options';
import { planAnchors, planResize } from '../training-plan';

const schema = z.object({
  ...sourceFields,
  set: setField,
  anchorSizes: trainSchema.shape.anchorSizes,
  anchorRatios: trainSchema.shape.anchorRatios,
  ...sizeFields,
});

/** `retinanet anchors`: whether the anchors fit the objects at an image size. */
export const anchorsCommand: Command = defineCommand({
  name: 'anchors',
  summary: 'How many objects the anchors fit at an image size, by class and by size, and which anchors would fit more',
  examples: ['retinanet anchors --voc VOCdevkit --set 2007/trainval --image-size 320'],
  schema,
  run(options, context) {
    const resize = planResize(options);
    const shapes = planAnchors(options);
    const set = readDetectionSet(
      options,
      { flag: '--set', sets: options.set },
      {
        onBadBox: 'skip',
        needsImages: false,
        ...(options.classes ? { classes: options.classes, needsEveryClass: true } : {}),
      },
    );
    const coverage = anchorCoverage(set.images, resize, shapes);
    const suggestion = suggestAnchors(set.images, resize, shapes);
    const classes = [...coverage.byClass].sort(([a], [b]) => a - b);
    const sizes = coverage.bySize.filter(({ objects }) => objects > 0);
    const { objects, fitted, missed } = coverage;
    context.output({
      imageSize: describeResize(resize),
      objects,
      fitted,
      missed,
      classes: Object.fromEntries(classes.map(([classId, counts]) => [set.classNames[classId], counts])),
      sizes: sizes.map(({ belowPx, ...counts }) => ({ belowPx: Number.isFinite(belowPx) ? belowPx : null, ...counts })),
      suggestion: suggestion ?? null,
    });
    const row = (name: string, counts: ClassCoverage): (string | number)[] => [
      name,
      counts.objects,
      share(counts.fitted, counts.objects),
      share(counts.missed, counts.objects),
    ];
    context.print(
      formatTable({
        columns: [
          { title: `objects (${describeResize(resize)})` },
          { title: 'count', align: 'right' },
          { title: 'IoU ≥ 0.5', align: 'right' },
          { title: 'IoU < 0.4', align: 'right' },
        ],
        rows: [
          ...classes.map(([classId, counts]) => row(set.classNames[classId], counts)),
          ...sizes.map(({ belowPx, ...counts }) => row(`side below ${belowPx} px`, counts)),
          row('all', coverage),
        ],
      }),
    );
    if (suggestion) context.print(`\n${suggestionText(suggestion, coverage)}`);
    const advice = adviceOn(coverage, set.classNames);
    if (advice !== undefined) context.log.warn(advice);
  },
});

function suggestionText({ sizes, ratios, fittedShare }: AnchorSuggestion, { fitted, objects }: ClassCoverage): string {
  return (
    `--anchor-sizes ${sizes.join(',')} --anchor-ratios ${ratios.join(',')} would fit ` +
    `${(100 * fittedShare).toFixed(1)} % of the objects at IoU 0.5 in place of ${share(fitted, objects)}`
  );
}

function share(count: number, of: number): string {
  return of === 0 ? '-' : `${((100 * count) / of).toFixed(1)} %`;
}
