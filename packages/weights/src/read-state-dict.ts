import { BoundedFile } from './bounded-file';
import { readSafetensors } from './read-safetensors';
import { readTorchCheckpoint } from './read-torch-checkpoint';
import type { StateDict } from './state-dict';

/**
 * The state dict in a weights file: safetensors, or a PyTorch zip checkpoint; told apart by content, not by name.
 *
 * Throws WeightsError for a file that is damaged, missing, or of a third kind.
 */
export function readStateDict(path: string): StateDict {
  const start = BoundedFile.with(path, (file) => Buffer.from(file.read(0, Math.min(9, file.sizeBytes), 'the start')));
  if (start.toString('latin1', 0, 4) === 'PK\x03\x04') return readTorchCheckpoint(path);
  if (start[8] === 0x7b) return readSafetensors(path).tensors;
  return BoundedFile.with(path, (file) => {
    const isOldTorch = start[0] === 0x80;
    throw file.fault(
      isOldTorch ? "PyTorch's format from before 1.6 (a bare pickle)" : 'a file of another format',
      'safetensors or a PyTorch zip checkpoint',
    );
  });
}
