import { DatasetError } from '@featuremine/errors';

const shownFaults = 20;

/** Gathers what is wrong with one input, so that all of it is reported at once. */
export class FaultList {
  private readonly shown: string[] = [];
  private total = 0;

  constructor(
    private readonly where: string,
    private readonly fix: string,
  ) {}

  add(fault: string): void {
    if (this.shown.length < shownFaults) this.shown.push(fault);
    this.total++;
  }

  /** Throws a DatasetError with the first 20 faults and their number, if there is one. */
  throwIfAny(): void {
    if (this.total === 0) return;
    const { where, fix, shown, total } = this;
    if (total === 1) throw new DatasetError({ where, found: shown[0], fix });
    const more = total > shown.length ? `\n  and ${total - shown.length} more` : '';
    throw new DatasetError({ where, found: `${total} faults:\n  ${shown.join('\n  ')}${more}\n`, fix });
  }
}
