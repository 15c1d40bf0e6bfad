import { closeSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { maskedCrc32c } from './crc32c';
import { fileFault } from './run-folder-error';

/** An encoded image (JPEG or PNG) for TensorBoard. */
export interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly encoded: Uint8Array;
}

/**
 * A TensorBoard event file with scalars and images.
 *
 * Records are framed as in TFRecord files (length, its masked CRC-32C, data, its masked CRC-32C) and hold the protobuf
 * message `Event` of tensorflow/core/util/event.proto, of which a few fields are written.
 */
export class EventFile {
  private readonly path: string;
  private readonly descriptor: number;

  /** Makes a new file in the folder. A resumed run says at which step: TensorBoard then drops later ones of before. */
  constructor(folder: string, resumedAtStep?: number) {
    const seconds = (Date.now() / 1000).toFixed(0);
    this.path = join(folder, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${fileCount++}`);
    try {
      this.descriptor = openSync(this.path, 'w');
    } catch (cause) {
      throw fileFault(this.path, cause);
    }
    this.write(concat(now(), textField(3, 'brain.Event:2')));
    if (resumedAtStep !== undefined) {
      const sessionStart = concat(varint(tag(1, 0)), varint(1));
      this.write(concat(now(), stepField(resumedAtStep), bytesField(7, sessionStart)));
    }
  }

  /** Writes named numbers of a step. @throws RunFolderError */
  scalars(step: number, values: Readonly<Record<string, number>>): void {
    const summary = concat(
      ...Object.entries(values).map(([name, value]) => bytesField(1, concat(textField(1, name), floatField(2, value)))),
    );
    this.write(concat(now(), stepField(step), bytesField(5, summary)));
  }

  /** Writes images of a step; those of one name are shown along the steps. @throws RunFolderError */
  pictures(step: number, pictures: readonly Picture[]): void {
    for (const { name, width, height, encoded } of pictures) {
      const size = concat(varint(tag(1, 0)), varint(height), varint(tag(2, 0)), varint(width));
      const image = concat(size, varint(tag(3, 0)), varint(RGB), bytesField(4, encoded));
      const summary = bytesField(1, concat(textField(1, name), bytesField(4, image)));
      this.write(concat(now(), stepField(step), bytesField(5, summary)));
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private write(event: Uint8Array): void {
    const record = Buffer.alloc(16 + event.length);
    record.writeBigUInt64LE(BigInt(event.length), 0);
    record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
    record.set(event, 12);
    record.writeUInt32LE(maskedCrc32c(event), 12 + event.length);
    try {
      for (let written = 0; written < record.length;) written += writeSync(this.descriptor, record, written);
    } catch (cause) {
      throw fileFault(this.path, cause);
    }
  }
}

/** `colorspace` of tensorflow/core/framework/summary.proto. */
const RGB = 3;

let fileCount = 0;

// The wire format of protobuf: a tag (field number and wire type), then the value.
function tag(field: number, wireType: number): number {
  return (field << 3) | wireType;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return concat(varint(tag(field, 2)), varint(bytes.length), bytes);
}

function textField(field: number, text: string): Uint8Array {
  return bytesField(field, Buffer.from(text, 'utf8'));
}

function stepField(step: number): Uint8Array {
  return concat(varint(tag(2, 0)), varint(step));
}

function floatField(field: number, value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return concat(varint(tag(field, 5)), bytes);
}

function now(): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(Date.now() / 1000);
  return concat(varint(tag(1, 1)), bytes);
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
