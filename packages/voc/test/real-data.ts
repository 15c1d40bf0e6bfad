import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = process.env['FEATUREMINE_DATA'] ?? resolve(__dirname, '../../../../shared/data');

/** Path of real data below the data folder, or undefined (with a printed reason) when it is not there. */
export function realData(...parts: string[]): string | undefined {
  const path = join(ROOT, ...parts);
  if (existsSync(path)) return path;
  console.warn(`${path} is not there: its tests are skipped. Set FEATUREMINE_DATA to the folder of the data.`);
  return undefined;
}

/** All annotation files of a devkit below the data folder. */
export function realAnnotations(devkit: string): string[] {
  const folder = join(devkit, 'VOC2007', 'Annotations');
  return readdirSync(folder).map((name) => join(folder, name));
}
