import { WeightsError } from '@featuremine/errors';
import {
  currentTorchvisionName,
  makeStateDict,
  planLoad,
  requireComplete,
  type StateDict,
  type StoredTensor,
} from '../src';

const floats = (shape: number[], ...values: number[]) => ({
  dtype: 'F32' as const,
  shape,
  data: Float32Array.from(values),
});

describe('planLoad', () => {
  const wanted = [
    { name: 'conv1.weight', shape: [1, 2, 1, 2] },
    { name: 'fc.weight', shape: [2, 3] },
    { name: 'fc.bias', shape: [3] },
  ];

  it('sorts every name into loaded, missing, misshapen or unexpected', () => {
    const tensors: StateDict = new Map<string, StoredTensor>([
      ['conv1.weight', floats([2, 1, 1, 2], 1, 2, 10, 20)],
      ['fc.weight', floats([2, 2], 1, 2, 3, 4)],
      ['bn1.num_batches_tracked', { dtype: 'I64', shape: [], data: BigInt64Array.of(3n) }],
      ['extra', floats([1], 1)],
    ]);
    const plan = planLoad(tensors, wanted);
    expect([...plan.loaded]).toEqual([['conv1.weight', Float32Array.of(1, 10, 2, 20)]]);
    expect(plan.missing).toEqual(['fc.bias']);
    expect(plan.misshapen).toEqual([{ name: 'fc.weight', found: [2, 2], expected: [3, 2] }]);
    expect(plan.unexpected).toEqual(['extra']);
    expect(plan.text).toBe(
      '1 tensors fit; 1 missing (fc.bias); 1 of another shape (fc.weight [2, 2], not [3, 2]); 1 not used (extra)',
    );
  });

  it('drops the prefix of a distributed wrapper', () => {
    const plan = planLoad(new Map([['module.fc.bias', floats([3], 1, 2, 3)]]), [{ name: 'fc.bias', shape: [3] }]);
    expect(plan.text).toBe('1 tensors fit');
  });

  it('puts a classifier under a detector, without its last layer', () => {
    const tensors: StateDict = new Map<string, StoredTensor>([['fc.bias', floats([3], 1, 2, 3)], ['bn1.bias', floats([1], 5)]]); // prettier-ignore
    const rename = (name: string) => (name.startsWith('fc.') ? null : `backbone.body.${name}`);
    const plan = planLoad(tensors, [{ name: 'backbone.body.bn1.bias', shape: [1] }], { rename });
    expect(plan.loaded.get('backbone.body.bn1.bias')).toEqual(Float32Array.of(5));
    expect(plan.unexpected).toEqual([]);
  });

  it('widens other number types', () => {
    const tensors: StateDict = new Map<string, StoredTensor>([
      ['a', { dtype: 'F64', shape: [1], data: Float64Array.of(0.5) }],
    ]);
    expect(planLoad(tensors, [{ name: 'a', shape: [1] }]).loaded.get('a')).toEqual(Float32Array.of(0.5));
  });
});

describe('requireComplete', () => {
  it('throws with the report and a near name', () => {
    const plan = planLoad(new Map([['fc.biases', floats([3], 1, 2, 3)]]), [{ name: 'fc.bias', shape: [3] }]);
    expect(() => requireComplete(plan, 'x.safetensors')).toThrow(WeightsError);
    expect(() => requireComplete(plan, 'x.safetensors')).toThrow('the file has fc.biases where fc.bias is wanted');
    expect(() => requireComplete(plan, 'x', (name) => name.startsWith('fc.'))).not.toThrow();
  });
});

describe('currentTorchvisionName', () => {
  it.each([
    ['backbone.fpn.inner_blocks.0.weight', 'backbone.fpn.inner_blocks.0.0.weight'],
    ['backbone.fpn.layer_blocks.2.bias', 'backbone.fpn.layer_blocks.2.0.bias'],
    ['head.classification_head.conv.6.weight', 'head.classification_head.conv.3.0.weight'],
    ['head.regression_head.conv.2.bias', 'head.regression_head.conv.1.0.bias'],
  ])('renames %s', (old, current) => {
    expect(currentTorchvisionName(old)).toBe(current);
  });

  it.each([
    'backbone.fpn.inner_blocks.0.0.weight',
    'head.classification_head.conv.2.0.weight',
    'head.classification_head.conv.0.1.weight', // group norm of the second version
    'backbone.fpn.extra_blocks.p6.weight',
    'layer1.0.conv1.weight',
  ])('keeps %s', (name) => {
    expect(currentTorchvisionName(name)).toBe(name);
  });
});

describe('makeStateDict', () => {
  const variables = [{ name: 'bn1.running_mean', shape: [2] }];
  const values = new Map([['bn1.running_mean', Float32Array.of(1, 2)]]);

  it('writes batch counters when asked', () => {
    expect([...makeStateDict(variables, values).keys()]).toEqual(['bn1.running_mean']);
    const withCounts = makeStateDict(variables, values, { batchCount: 7 });
    expect(withCounts.get('bn1.num_batches_tracked')).toEqual({ dtype: 'I64', shape: [], data: BigInt64Array.of(7n) });
  });

  it('is read back by planLoad', () => {
    const specs = [{ name: 'w', shape: [1, 2, 3, 2] }];
    const data = new Map([['w', Float32Array.from({ length: 12 }, (_, i) => i)]]);
    expect(planLoad(makeStateDict(specs, data), specs).loaded).toEqual(data);
  });

  it('names a variable without values', () => {
    expect(() => makeStateDict(variables, new Map())).toThrow('variable bn1.running_mean: no values');
  });
});
