import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetError } from '@featuremine/errors';
import { Random } from '@featuremine/random';
import { openCifar10, openCifar100 } from '../src';
import { MatFault, readStructArray } from '../src/mat-file';
import { python2Pickle } from './python2-pickle';
import { withScratchFolder } from './scratch';

const rounds = process.env['FEATUREMINE_LONG'] === '1' ? 20_000 : 300;
jest.setTimeout(600_000);

const record = Buffer.alloc(3073, 7);

function damaged(bytes: Buffer, random: Random): Buffer {
  const at = random.integer(random.chance(0.7) ? Math.min(200, bytes.length) : bytes.length);
  const end = Math.min(bytes.length, at + random.integer(8));
  switch (random.integer(4)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    default: {
      const copy = Buffer.from(bytes);
      copy[at] = random.integer(256);
      return copy;
    }
  }
}

describe('openCifar10 and openCifar100 on damaged files', () => {
  const pickle = python2Pickle({ labels: [1, 2], data: { rows: 2, bytes: Buffer.alloc(2 * 3072, 9) } });
  const cases: Record<string, { file: string; bytes: Buffer; open: (folder: string) => { count: number } }> = {
    'CIFAR-10, binary': {
      file: 'data_batch_1.bin',
      bytes: Buffer.concat([record, record]),
      open: (folder) => openCifar10({ folder, split: 'train' }),
    },
    'CIFAR-100, binary': {
      file: 'train.bin',
      bytes: Buffer.concat([Buffer.from([3]), record]),
      open: (folder) => openCifar100({ folder, split: 'train' }),
    },
    'CIFAR-10, Python': {
      file: 'data_batch_1',
      bytes: pickle,
      open: (folder) => openCifar10({ folder, split: 'train' }),
    },
  };

  it.each(Object.entries(cases))(`%s: gives whole records or a DatasetError`, async (_, { file, bytes, open }) => {
    await withScratchFolder((folder) => {
      const random = Random.of(52, file);
      const counts = { read: 0, refused: 0 };
      for (let round = 0; round < rounds; round++) {
        writeFileSync(join(folder, file), damaged(bytes, random));
        try {
          expect(open(folder).count).toBeGreaterThan(0);
          counts.read++;
        } catch (error) {
          if (!(error instanceof DatasetError)) throw error;
          expect(error.message).toContain(file);
          counts.refused++;
        }
      }
      expect(Math.min(counts.read, counts.refused)).toBeGreaterThan(rounds / 30);
    });
  });

  it('name a file of class names that is a folder, or has more names than labels can have', async () => {
    await withScratchFolder((folder) => {
      writeFileSync(join(folder, 'data_batch_1.bin'), record);
      const names = join(folder, 'batches.meta.txt');
      writeFileSync(names, Array.from({ length: 300 }, (_, i) => `class ${i}\n`).join(''));
      expect(() => openCifar10({ folder, split: 'train' })).toThrow('300 class names, expected at most 256');
    });
    await withScratchFolder((folder) => {
      writeFileSync(join(folder, 'data_batch_1.bin'), record);
      mkdirSync(join(folder, 'batches.meta.txt'));
      expect(() => openCifar10({ folder, split: 'train' })).toThrow(/batches\.meta\.txt: a folder, expected a list/);
    });
  });
});

describe('readStructArray on a file that promises four billion structs', () => {
  it('refuses it by its own length', () => {
    const element = (type: number, data: Buffer): Buffer => {
      const tag = Buffer.alloc(8);
      tag.writeUInt32LE(type);
      tag.writeUInt32LE(data.length, 4);
      return Buffer.concat([tag, data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
    };
    const flags = Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]);
    const sizes = Buffer.from(Int32Array.of(65_536, 65_535).buffer);
    const fields = Buffer.concat([element(5, Buffer.from([8, 0, 0, 0])), element(1, Buffer.alloc(0))]);
    const parts = [element(6, flags), element(5, sizes), element(1, Buffer.from('synsets')), fields];
    const header = Buffer.alloc(128, 0x20);
    header.write('IM', 126);
    const file = Buffer.concat([header, element(14, Buffer.concat(parts))]);
    expect(() => readStructArray(file, 'synsets')).toThrow(MatFault);
    expect(() => readStructArray(file, 'synsets')).toThrow('4294901760 structs');
  });
});
