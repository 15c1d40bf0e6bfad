import { ConfigError, nearestName, UserError } from '../src';

describe('UserError', () => {
  it('says where, what was found, what was expected and what to do, in this order', () => {
    const error = new ConfigError({ where: '--epochs', found: 'abc', expected: 'a number', fix: 'Pass a number' });
    expect(error.message).toBe('--epochs: abc, expected a number. Pass a number.');
    expect(error.name).toBe('ConfigError');
    expect(error.exitCode).toBe(2);
    expect(error).toBeInstanceOf(UserError);
  });

  it('leaves out what was expected when the finding says it', () => {
    expect(new UserError({ where: 'a.xml', found: 'it is empty', fix: 'Delete it' }).message).toBe(
      'a.xml: it is empty. Delete it.',
    );
  });

  it('ends with one mark, also where the fix asks or ends by itself', () => {
    const parts = { where: '--lr', found: 'abc' };
    expect(new UserError({ ...parts, fix: 'Did you mean 0.1?' }).message).toBe('--lr: abc. Did you mean 0.1?');
    expect(new UserError({ ...parts, fix: 'Look. See.' }).message).toBe('--lr: abc. Look. See.');
  });
});

describe('nearestName', () => {
  it('finds the name that differs by few letters, whatever their case', () => {
    expect(nearestName('epoch', ['lr', 'epochs', 'seed'])).toBe('epochs');
    expect(nearestName('bathcSize', ['batchSize', 'imageSize'])).toBe('batchSize');
    expect(nearestName('DOG', ['cat', 'dog'])).toBe('dog');
    expect(nearestName('trian', ['train', 'eval'])).toBe('train');
  });

  it('finds nothing when all are far', () => {
    expect(nearestName('momentum', ['lr', 'seed'])).toBeUndefined();
  });
});
