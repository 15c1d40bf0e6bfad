/** A mean over runs as the paper prints it; some have no deviation. In % unless the table says otherwise. */
export interface PaperNumber {
  readonly mean: number;
  readonly deviation?: number;
}

/** A row of one of the paper's tables or figures that is a training of a classifier. */
export interface PaperRow {
  /** Unique in its table, e.g. `resnet56-fm2`. */
  readonly id: string;
  readonly title: string;
  /** The recipe's name: `configs/paper/<recipe>.json`. */
  readonly recipe: string;
  readonly paper?: PaperNumber;
  /** Keys of the recipe that are others in this row. */
  readonly changes?: Readonly<Record<string, unknown>>;
}

/** A table or figure of the paper that compares classifiers by their best top-1. */
export interface PaperTable {
  /** `table-1`, `figure-6` */
  readonly key: string;
  readonly title: string;
  readonly rows: readonly PaperRow[];
}

/** A number of the paper: `73.71 ± 0.28`. */
export function formatPaper(number: PaperNumber | undefined, digits = 2): string {
  if (number === undefined) return '–';
  const { mean, deviation } = number;
  return deviation === undefined ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}
