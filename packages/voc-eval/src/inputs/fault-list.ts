import { DatasetError } from '@featuremine/errors';

const shownFaults = 20;

/** Gathers what is wrong with one input, so that all of it is reported at once. */
export class FaultList {
  /** All of them, in their order. */
  readonly faults: string[] = [];

  constructor(
    private readonly where: string,
    private readonly fix: string,
  ) {}

  add(fault: string): void {
    this.faults.push(fault);
  }

  /** Throws a DatasetError with the first 20 faults and their number, if there is one. */
  throwIfAny(): void {
    const { where, fix, faults } = this;
    const [shown, total] = [faults.slice(0, shownFaults), faults.length];
    if (total === 0) return;
    if (total === 1) throw new DatasetError({ where, found: shown[0], fix });
    const more = total > shown.length ? `\n  and ${total - shown.length} more` : '';
    throw new DatasetError({ where, found: `${total} faults:\n  ${shown.join('\n  ')}${more}\n`, fix });
  }
}
