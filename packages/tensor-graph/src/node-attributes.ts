import type { NodeDef } from './protobuf';

/** The text of an attribute, empty where the node does not have it. */
export function textAttribute({ attr }: NodeDef, name: string): string {
  return Buffer.from(attr[name]?.s ?? []).toString();
}

/** Whether a node takes images as [N, H, W, C], which is what ops do that are not told otherwise. */
export function isNhwc(node: NodeDef): boolean {
  return node.attr['data_format'] === undefined || textAttribute(node, 'data_format') === 'NHWC';
}

/** Whether the steps of a window that an attribute lists are all 1, which they are where it is not there. */
export function isAllOne({ attr }: NodeDef, name: 'strides' | 'dilations'): boolean {
  return attr[name]?.list?.i?.every((step) => Number(step) === 1) ?? true;
}
