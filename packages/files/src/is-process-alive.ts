/**
 * Whether this machine has a process of that number. Files that only their writer may remove carry it: when it is dead,
 * another one may.
 */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'; // It may be another user's.
  }
}
