// Sizes of model files beside the figures of a row.

/** What the files of each contender's model take, where a row tells it. */
export function filesLine(contenders) {
  const sizes = Object.entries(contenders).filter(([, { fileMb }]) => fileMb !== undefined);
  if (sizes.length === 0) return undefined;
  return `Files: ${sizes.map(([name, { fileMb }]) => `${name} ${fileMb.toFixed(1)} MB`).join(', ')}.`;
}
