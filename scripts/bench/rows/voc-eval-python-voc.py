"""VOC07 mAP in Python, in the manner of py-faster-rcnn's voc_eval: ElementTree, numpy, one pass in order of score.

    voc-eval-python-voc.py DEVKIT SET DETECTIONS

prints {"mAP": …} for VOC2007 of the devkit. It stands for the Python evaluators of VOC, which are no packages.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np


def read_objects(path):
    """(class, difficult, box) of each object of an annotation."""
    for element in ElementTree.parse(path).findall("object"):
        box = element.find("bndbox")
        corners = [float(box.find(key).text) for key in ("xmin", "ymin", "xmax", "ymax")]
        yield element.find("name").text, element.find("difficult").text == "1", corners


def class_ap(file, objects, positives):
    with open(file) as lines:
        rows = [line.split() for line in lines]
    ids = [row[0] for row in rows]
    values = np.array([row[1:] for row in rows], dtype=float)
    order = np.argsort(-values[:, 0], kind="stable")
    taken = {image: np.zeros(len(boxes), bool) for image, (boxes, _) in objects.items()}
    true = np.zeros(len(rows))
    false = np.zeros(len(rows))
    for place, row in enumerate(order):
        image = ids[row]
        if image not in objects:
            false[place] = 1
            continue
        boxes, difficult = objects[image]
        x1, y1, x2, y2 = values[row, 1:]
        width = np.maximum(np.minimum(boxes[:, 2], x2) - np.maximum(boxes[:, 0], x1) + 1, 0)
        height = np.maximum(np.minimum(boxes[:, 3], y2) - np.maximum(boxes[:, 1], y1) + 1, 0)
        shared = width * height
        areas = (boxes[:, 2] - boxes[:, 0] + 1) * (boxes[:, 3] - boxes[:, 1] + 1)
        ious = shared / ((x2 - x1 + 1) * (y2 - y1 + 1) + areas - shared)
        best = int(np.argmax(ious))
        if ious[best] < 0.5:
            false[place] = 1
        elif not difficult[best]:
            (false if taken[image][best] else true)[place] = 1
            taken[image][best] = True
    found, wrong = np.cumsum(true), np.cumsum(false)
    recall = found / positives
    precision = found / np.maximum(found + wrong, np.finfo(float).eps)
    levels = np.arange(0, 1.1, 0.1)
    return sum(max(precision[recall >= t], default=0) for t in levels) / 11


def main():
    devkit, image_set, detections = (pathlib.Path(sys.argv[1]) / "VOC2007", sys.argv[2], pathlib.Path(sys.argv[3]))
    by_class = {}
    for image in (devkit / f"ImageSets/Main/{image_set}.txt").read_text().split():
        for name, difficult, box in read_objects(devkit / f"Annotations/{image}.xml"):
            boxes, flags = by_class.setdefault(name, {}).setdefault(image, ([], []))
            boxes.append(box)
            flags.append(difficult)
    aps = []
    for name, objects in by_class.items():
        arrays = {image: (np.array(boxes), np.array(flags)) for image, (boxes, flags) in objects.items()}
        positives = sum(int((~flags).sum()) for _, flags in arrays.values())
        aps.append(class_ap(detections / f"comp4_det_{image_set}_{name}.txt", arrays, positives))
    print(json.dumps({"mAP": float(np.mean(aps))}))


main()
