/** The flag name of a camelCase key: `batchSize` becomes `batch-size`. */
export function kebabCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
