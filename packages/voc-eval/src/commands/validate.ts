import { defineCommand, formatTable, type Command, type CommandContext } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { validateDevkit, validatePaths, type ValidationReport } from '@featuremine/voc';
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

function printReport(report: ValidationReport, limit: number, context: CommandContext): void {
  for (const [kind, count] of report.countByKind) {
    const faults = report.faults.filter((fault) => fault.kind === kind);
    context.print(`${faults[0]?.severity ?? 'note'}: ${kind}, ${count}`);
    for (const { file, object, message } of faults.slice(0, limit)) {
      context.print(`  ${file}${object === null ? '' : `, object ${object}`}: ${message}`);
    }
    if (faults.length > limit) context.print(`  … ${faults.length - limit} more (--limit 0 prints all)`);
    context.print('');
  }
  const right = 'right' as const;
  context.print(
    formatTable({
      columns: [
        { title: 'class' },
        { title: 'objects', align: right },
        { title: 'images', align: right },
        { title: 'difficult', align: right },
        { title: 'truncated', align: right },
      ],
      rows: [...report.classes].map(([name, c]) => [name, c.objects, c.images, c.difficult, c.truncated]),
    }),
  );
  context.print('');
  const most = Math.max(1, ...report.objectSizes.map(({ objects }) => objects));
  context.print(
    formatTable({
      columns: [{ title: '√area, px', align: right }, { title: 'objects', align: right }, { title: '' }],
      rows: report.objectSizes.map(({ lowPx, highPx, objects }) => [
        Number.isFinite(highPx) ? `${lowPx}–${highPx}` : `${lowPx}–`,
        objects,
        '█'.repeat(Math.round((40 * objects) / most)),
      ]),
    }),
  );
  context.print('');
  context.print(`${report.files} files, ${report.objects} objects, ${report.errorCount} errors`);
}
