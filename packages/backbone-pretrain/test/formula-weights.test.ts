import { join } from 'node:path';
import { readSafetensors } from '@featuremine/weights';
import { formulaImage, formulaTensor, projections } from './formula-weights';

const { tensors } = readSafetensors(join(__dirname, 'fixtures', 'formula.safetensors'));

describe('formulaTensor', () => {
  it.each(['conv1.weight', 'layer1.0.bn3.weight', 'fc.bias', 'bn1.running_var', 'head.cls_logits.weight'])(
    'gives the bits of scripts/parity/formula.py for %s',
    (name) => {
      const { shape, data } = tensors.get(name)!;
      expect(formulaTensor(name, shape)).toEqual(data);
    },
  );
});

describe('formulaImage', () => {
  it('gives the bytes of scripts/parity/formula.py', () => {
    expect(formulaImage(2, 31, 50)).toEqual(tensors.get('image2')!.data);
  });
});

describe('projections', () => {
  it('gives the sums of scripts/parity/formula.py, up to the order of addition', () => {
    const { data } = tensors.get('fc.bias')!;
    const expected = tensors.get('projections of fc.bias')!.data as Float64Array;
    const ours = projections('fc.bias', [data.length], data as Float32Array);
    ours.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
  });
});
