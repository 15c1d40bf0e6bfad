import { DatasetError } from '@featuremine/errors';

const SHOWN = 20;
const KEPT = 1000;

/** Gathers what is wrong with one input, so that all of it is reported at once: the first 1,000 faults, and their number. */
export class FaultList {
  private readonly faults: string[] = [];
  private total = 0;

  constructor(
    private readonly where: string,
    private readonly fix: string,
  ) {}

  add(fault: string): void {
    this.total++;
    if (this.faults.length < KEPT) this.faults.push(fault);
  }

  /** The number of all faults. */
  get count(): number {
    return this.total;
  }

  /** The faults that are kept, in their order, and how many more there were. */
  lines(): string[] {
    const more = this.total - this.faults.length;
    return more > 0 ? [...this.faults, `and ${more} more`] : [...this.faults];
  }

  /** Throws a DatasetError with the first 20 faults and their number, if there is one. */
  throwIfAny(): void {
    const { where, fix, faults, total } = this;
    const shown = faults.slice(0, SHOWN);
    if (total === 0) return;
    if (total === 1) throw new DatasetError({ where, found: shown[0], fix });
    const more = total > shown.length ? `\n  and ${total - shown.length} more` : '';
    throw new DatasetError({ where, found: `${total} faults:\n  ${shown.join('\n  ')}${more}\n`, fix });
  }
}
