import { EventFile } from './event-file';
import type { Picture } from './event-file';
import { MetricsLog } from './metrics-log';
import type { MetricsRecord } from './metrics-log';
import type { RunFolder } from './run-folder';

/** Where the metrics of a run go. */
export type Metrics = Pick<MetricsWriter, 'flushedBytes' | 'write' | 'pictures' | 'close'>;

/** Metrics that go nowhere: rank 0 of a job writes those of all. */
export const noMetrics: Metrics = {
  flushedBytes: () => 0,
  write: () => undefined,
  pictures: () => undefined,
  close: () => undefined,
};

/** Writes metrics to metrics.jsonl and to TensorBoard's file. */
export class MetricsWriter {
  private readonly log: MetricsLog;
  private readonly events: EventFile;

  /** Opens both; of metrics.jsonl the first `keepBytes` bytes are kept. @throws RunFolderError */
  constructor(run: RunFolder, resumed?: { readonly keepBytes: number; readonly step: number }) {
    this.log = MetricsLog.open(run.metricsPath, resumed?.keepBytes ?? 0);
    this.events = new EventFile(run.tensorboardFolder, resumed?.step);
  }

  /** The length of metrics.jsonl, for a checkpoint; the file is flushed to the disk. */
  flushedBytes(): number {
    this.log.flush();
    return this.log.sizeBytes;
  }

  /** Writes one line; its numbers, apart from step and epoch, also go to TensorBoard. @throws RunFolderError */
  write(record: MetricsRecord & { readonly kind: 'step' | 'epoch'; readonly step: number }): void {
    this.log.append(record);
    const scalars: Record<string, number> = {};
    for (const [name, value] of Object.entries(record)) {
      if (typeof value === 'number' && name !== 'step' && name !== 'epoch') {
        scalars[record.kind === 'step' && name.startsWith('train/') ? name.replace('train/', 'step/') : name] = value;
      }
    }
    this.events.scalars(record.step, scalars);
  }

  /** Shows images in TensorBoard. @throws RunFolderError */
  pictures(step: number, pictures: readonly Picture[]): void {
    this.events.pictures(step, pictures);
  }

  close(): void {
    this.log.close();
    this.events.close();
  }
}
