import { defineCommand, formatTable } from '@featuremine/command-line';
import type { Command } from '@featuremine/command-line';
import { z } from 'zod';
import { adviceOn, anchorCoverage } from '../anchor-coverage';
import type { ClassCoverage } from '../anchor-coverage';
import { readDetectionSet, setField, sourceFields } from '../data-source';
import { describeResize, resizeFrom } from '../resize-option';
import { sizeFields } from '../train-options';

const schema = z.object({
  ...sourceFields,
  set: setField,
  ...sizeFields,
});

/** `retinanet anchors`: whether the anchors fit the objects at an image size. */
export const anchorsCommand: Command = defineCommand({
  name: 'anchors',
  summary: 'How many objects the anchors fit at an image size, by class and by size',
  examples: ['retinanet anchors --voc VOCdevkit --set 2007/trainval --image-size 320'],
  schema,
  run(options, context) {
    const resize = resizeFrom(options) ?? { kind: 'min-max', minSize: 800, maxSize: 1333 };
    const set = readDetectionSet(
      options,
      { flag: '--set', sets: options.set },
      {
        onBadBox: 'skip',
        needsImages: false,
        ...(options.classes ? { classes: options.classes, needsEveryClass: true } : {}),
      },
    );
    const coverage = anchorCoverage(set.images, resize);
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
    const advice = adviceOn(coverage);
    if (advice !== undefined) context.log.warn(advice);
  },
});

function share(count: number, of: number): string {
  return of === 0 ? '-' : `${((100 * count) / of).toFixed(1)} %`;
}
