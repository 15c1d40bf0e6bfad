import { tf } from '@featuremine/tensor-graph';
import { softenedDivergence } from '../../src/methods/softened-divergence';

describe('softenedDivergence', () => {
  // T = 2: the teacher's softened probabilities are 3/4 and 1/4, the student's 1/2 and 1/2.
  const student = tf.tensor([0, 0], [1, 2]);
  const teacher = tf.tensor([2 * Math.log(3), 0], [1, 2]);

  it('is T² times the divergence of the student from the teacher', () => {
    const expected = 4 * (0.75 * Math.log(1.5) + 0.25 * Math.log(0.5));
    expect(softenedDivergence(student, teacher, 2).dataSync()[0]).toBeCloseTo(expected, 6);
  });

  it('is zero between equals, and the mean over images', () => {
    expect(softenedDivergence(teacher, teacher, 3).dataSync()[0]).toBeCloseTo(0, 6);
    const both = softenedDivergence(tf.concat([student, teacher]), tf.concat([teacher, teacher]), 2);
    expect(both.dataSync()[0]).toBeCloseTo(softenedDivergence(student, teacher, 2).dataSync()[0] / 2, 6);
  });

  it('draws the student to the teacher with T · (difference of probabilities), and leaves the teacher', () => {
    const gradient = tf.grad((x) => softenedDivergence(x, teacher, 2))(student);
    expect([...gradient.dataSync()].map((value) => value.toFixed(5))).toEqual(['-0.50000', '0.50000']);
    expect(() => tf.grad((x) => softenedDivergence(student, x, 2))(teacher)).toThrow(/gradient/);
  });
});
