import { createLogger, formatDuration, formatTable, startProgress, styleOf } from '../src';

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [850.4, '850 ms'],
    [999.6, '1.0 s'],
    [12_340, '12.3 s'],
    [59_960, '1 min 00 s'],
    [245_000, '4 min 05 s'],
    [3_599_600, '1 h 00 min'],
    [7_380_000, '2 h 03 min'],
    [273_600_000, '3 d 04 h'],
    [NaN, '?'],
    [Infinity, '?'],
  ])('says %d ms as %s', (elapsedMs, text) => {
    expect(formatDuration(elapsedMs)).toBe(text);
  });
});

describe('formatTable', () => {
  it('puts texts left and numbers right, without spaces at line ends', () => {
    const columns = [{ title: 'class' }, { title: 'AP', align: 'right' }, { title: 'note' }] as const;
    const rows = [
      ['cat', '0.5', ''],
      ['aeroplane', '0.25', 'few'],
    ];
    expect(formatTable({ columns, rows })).toBe(
      ['class        AP  note', '─────────  ────  ────', 'cat         0.5', 'aeroplane  0.25  few'].join('\n'),
    );
  });
});

describe('styleOf', () => {
  const terminal = { write: () => true, isTTY: true };
  const kept = process.env['NO_COLOR'];
  afterEach(() => {
    if (kept === undefined) delete process.env['NO_COLOR'];
    else process.env['NO_COLOR'] = kept;
  });

  it('colours on a terminal only, and not with NO_COLOR', () => {
    delete process.env['NO_COLOR'];
    expect(styleOf(terminal).red('x')).toBe('\u001b[31mx\u001b[39m');
    expect(styleOf({ write: () => true }).red('x')).toBe('x');
    process.env['NO_COLOR'] = '1';
    expect(styleOf(terminal).red('x')).toBe('x');
  });
});

describe('startProgress', () => {
  it('writes plain lines at intervals away from a terminal', () => {
    let text = '';
    let nowMs = 0;
    const stream = { write: (part: string) => (text += part) };
    const progress = startProgress({ label: 'epoch 1/2', total: 100, stream, intervalMs: 1000, now: () => nowMs });
    for (let done = 1; done <= 100; done++) {
      nowMs += 25;
      progress.update(done, `loss ${done}`);
    }
    progress.stop();
    expect(text.split('\n')).toEqual([
      'epoch 1/2: 40/100, 1.5 s left, loss 40',
      'epoch 1/2: 80/100, 500 ms left, loss 80',
      '',
    ]);
  });

  it('counts speed from where a resumed work starts', () => {
    let text = '';
    let nowMs = 0;
    const stream = { write: (part: string) => (text += part) };
    const options = { label: 'epoch', total: 100, start: 80, stream, intervalMs: 0, now: () => nowMs };
    const progress = startProgress(options);
    nowMs = 1000;
    progress.update(90);
    expect(text).toBe('epoch: 90/100, 1.0 s left\n');
  });

  it('draws a bar on a terminal, which a log line wipes away', () => {
    let text = '';
    const stream = { write: (part: string) => (text += part), isTTY: true, columns: 80, on: () => undefined };
    const progress = startProgress({ label: 'epoch 1/2', total: 10, stream });
    progress.update(5, 'loss 0.5');
    createLogger({ stream }).info('a line');
    progress.stop();
    progress.stop();
    expect(text).toContain('█');
    expect(text).toContain('\r\u001b[Ka line\n');
    createLogger({ stream }).info('another');
    expect(text.endsWith('another\n')).toBe(true);
    expect(text).not.toContain('\u001b[Kanother');
  });
});
