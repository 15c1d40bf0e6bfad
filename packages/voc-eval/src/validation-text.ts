import { formatTable, type TableColumn } from '@featuremine/command-line';
import { FAULT_KINDS, faultPlace, type ValidationReport } from '@featuremine/voc';

/** A validation as a plain object for JSON. */
export function validationJson(report: ValidationReport): Record<string, unknown> {
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

/** A validation as text: faults by kind, at most `limit` of each, then histograms of classes and sizes. */
export function validationText(report: ValidationReport, limit: number): string {
  const lines: string[] = [];
  const kinds = [...report.countByKind].sort(([a], [b]) => rank(a) - rank(b));
  for (const [kind, count] of kinds) {
    const faults = report.faults.filter((fault) => fault.kind === kind);
    lines.push(`${FAULT_KINDS[kind]}: ${kind}, ${count}`);
    for (const fault of faults.slice(0, limit)) lines.push(`  ${faultPlace(fault)}: ${fault.message}`);
    if (faults.length > limit) lines.push(`  … ${faults.length - limit} more (--lines 0 prints all)`);
    lines.push('');
  }
  for (const table of [classTable(report), objectSizeTable(report), imageSizeTable(report)]) {
    lines.push(`${table}\n`);
  }
  const counts = severities.map((severity) => {
    return counted(report.faults.filter((fault) => fault.severity === severity).length, severity);
  });
  lines.push([counted(report.files, 'file'), counted(report.objects, 'object'), ...counts].join(', '));
  return lines.join('\n');
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
