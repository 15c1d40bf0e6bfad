import { defineCommand, type Command } from '@featuremine/command-line';
import { ConfigError } from '@featuremine/errors';
import { validateDevkit, validatePaths } from '@featuremine/voc';
import { z } from 'zod';
import { validationJson, validationText } from '../validation-text';

const schema = z.object({
  paths: z.array(z.string()).default([]).describe('Annotation files and folders of them, instead of --voc'),
  voc: z.string().optional().describe('VOCdevkit folder'),
  set: z.string().optional().describe('Image sets such as 2007/trainval, several with commas; all by default'),
  classes: z.array(z.string()).optional().describe('The classes that may occur; any by default'),
  checkImages: z.boolean().default(true).describe('Look at the image files too; --no-check-images leaves them out'),
  lines: z.int().min(0).default(20).describe('Lines printed for each kind of fault; 0: all'),
});

/** `voc-eval validate`: every fault of annotations at once; exit code 2 if one is an error. */
export const validateCommand: Command = defineCommand({
  name: 'validate',
  summary: 'Every fault of VOC annotations at once, grouped and counted, with class and size histograms',
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
    if (voc === undefined && set !== undefined) {
      throw new ConfigError({
        where: '--set',
        found: 'with a PATH, all of whose annotations are looked at',
        expected: '--voc',
        fix: 'Leave it out, or pass --voc DEVKIT in place of the PATH',
      });
    }
    const checks = { checksImages: options.checkImages, ...(classes === undefined ? {} : { classes }) };
    const report = voc === undefined ? validatePaths(paths, checks) : validateDevkit(voc, set, checks);
    context.output(validationJson(report));
    context.print(validationText(report, options.lines === 0 ? Infinity : options.lines));
    return report.errorCount > 0 ? 2 : 0;
  },
});
