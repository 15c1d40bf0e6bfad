import {
  defineCommand,
  formatTable,
  type Command,
  type CommandContext,
  type TableColumn,
} from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { FAULT_KINDS, faultPlace, validateDevkit, validatePaths, type ValidationReport } from '@featuremine/voc';
import { z } from 'zod';

const schema = z.object({
  paths: z.array(z.string()).default([]).describe('Annotation files and folders of them, instead of --voc'),
  voc: z.string().optional().describe('VOCdevkit folder'),
  set: z.string().optional().describe('Image sets such as 2007/trainval, several with commas; all by default'),
  classes: z.array(z.string()).optional().describe('The classes that may occur; any by default'),
  images: z.boolean().default(true).describe('Look at the image files too; --no-images leaves them out'),
  limit: z.int().min(0).default(20).describe('Lines printed for each kind of fault; 0: all'),
});

/** `voc-eval validate`: every fault of annotations at once; exit code 2 if one is an error. */
export const validateCommand: Command = defineCommand({
  name: 'validate',
  summary: 'Every fault of VOC annotations at once, grouped and counted, with class and size histograms.',
  examples: ['voc-eval validate --voc VOCdevkit --set 2007/trainval', 'voc-eval validate Annotations --json'],
  schema,
  positional: { key: 'paths', describe: 'PATH', isArray: true },
  run(options, context) {
    const { paths, voc, set, classes } = options;
    if ((voc === undefined) === (paths.length === 0)) {
      throw new ConfigError({
        where: 'voc-eval validate',
        found: voc === undefined ? 'neither --voc nor a PATH' : 'both --voc and a PATH',
        expected: 'one of them',
        fix: 'Pass --voc DEVKIT (and --set SETS), or paths of annotation files and folders',
      });
    }
    const checks = { checksImages: options.images, ...(classes === undefined ? {} : { classes }) };
    const report = voc === undefined ? validatePaths(paths, checks) : validateDevkit(voc, set, checks);
    context.output(asJson(report));
    printReport(report, options.limit === 0 ? Infinity : options.limit, context);
    return report.errorCount > 0 ? 2 : 0;
  },
});

function asJson(report: ValidationReport): object {
  return {
    files: report.files,
    objects: report.objects,
    errors: report.errorCount,
    faults: report.faults,
    countByKind: Object.fromEntries(report.countByKind),
    classes: Object.fromEntries(report.classes),
    objectSizes: report.objectSizes,
    imageSizes: Object.fromEntries(report.imageSizes),
  };
}

const severities = ['error', 'warning', 'note'] as const;

function printReport(report: ValidationReport, limit: number, context: CommandContext): void {
  const kinds = [...report.countByKind].sort(([a], [b]) => rank(a) - rank(b));
  for (const [kind, count] of kinds) {
    const faults = report.faults.filter((fault) => fault.kind === kind);
    context.print(`${FAULT_KINDS[kind]}: ${kind}, ${count}`);
    for (const fault of faults.slice(0, limit)) context.print(`  ${faultPlace(fault)}: ${fault.message}`);
    if (faults.length > limit) context.print(`  … ${faults.length - limit} more (--limit 0 prints all)`);
    context.print('');
  }
  for (const table of [classTable(report), objectSizeTable(report), imageSizeTable(report)]) {
    context.print(`${table}\n`);
  }
  const counts = severities.map((severity) => {
    return counted(report.faults.filter((fault) => fault.severity === severity).length, severity);
  });
  context.print([counted(report.files, 'file'), counted(report.objects, 'object'), ...counts].join(', '));
}

/** Errors first, then warnings. */
function rank(kind: keyof typeof FAULT_KINDS): number {
  return severities.indexOf(FAULT_KINDS[kind]);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function classTable({ classes }: ValidationReport): string {
  return formatTable({
    columns: [{ title: 'class' }, ...['objects', 'images', 'difficult', 'truncated'].map(right)],
    rows: [...classes].map(([name, c]) => [name, c.objects, c.images, c.difficult, c.truncated]),
  });
}

function objectSizeTable({ objectSizes }: ValidationReport): string {
  const most = Math.max(1, ...objectSizes.map(({ objects }) => objects));
  return formatTable({
    columns: [right('√area, px'), right('objects'), { title: '' }],
    rows: objectSizes.map(({ lowPx, highPx, objects }) => [
      Number.isFinite(highPx) ? `${lowPx}–${highPx}` : `${lowPx}–`,
      objects,
      bar(objects, most),
    ]),
  });
}

const shownImageSizes = 10;

function imageSizeTable({ imageSizes }: ValidationReport): string {
  const shown = [...imageSizes].slice(0, shownImageSizes);
  const rest = [...imageSizes.values()].slice(shownImageSizes).reduce((sum, count) => sum + count, 0);
  const rows = rest === 0 ? shown : [...shown, ['others', rest] as const];
  const most = Math.max(1, ...rows.map(([, images]) => images));
  return formatTable({
    columns: [right('image, px'), right('images'), { title: '' }],
    rows: rows.map(([size, images]) => [size, images, bar(images, most)]),
  });
}

function bar(count: number, most: number): string {
  return '█'.repeat(Math.round((40 * count) / most));
}

function right(title: string): TableColumn {
  return { title, align: 'right' };
}
