/** The sums behind running means, as a checkpoint keeps them. */
export interface MeansState {
  readonly sums: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
}

/** Means of named numbers, kept as sums so that a resumed run goes on with the same bits. */
export class RunningMeans {
  private readonly sums = new Map<string, number>();
  private readonly counts = new Map<string, number>();

  constructor(state?: MeansState) {
    for (const [name, sum] of Object.entries(state?.sums ?? {})) this.sums.set(name, sum);
    for (const [name, count] of Object.entries(state?.counts ?? {})) this.counts.set(name, count);
  }

  /** Adds one number to each mean; numbers that are not finite are left out. */
  add(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) {
      if (!Number.isFinite(value)) continue;
      this.sums.set(name, (this.sums.get(name) ?? 0) + value);
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
    }
  }

  means(): Record<string, number> {
    return Object.fromEntries([...this.sums].map(([name, sum]) => [name, sum / this.counts.get(name)!]));
  }

  reset(): void {
    this.sums.clear();
    this.counts.clear();
  }

  state(): MeansState {
    return { sums: Object.fromEntries(this.sums), counts: Object.fromEntries(this.counts) };
  }
}
