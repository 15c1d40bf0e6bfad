"""voc-eval's numbers beside the Python evaluators', on real detections and on random sets; exit code 1 on a difference.

    npm run build && .peers/venv/bin/python scripts/compare-voc-eval.py [--data VOC2007-TEST-FULL] [--random N]

Compares COCO's twelve numbers and class APs with pycocotools and faster-coco-eval, the error breakdown with tidecv
(difficult objects are crowds for all), and N random sets with pycocotools and tidecv.
"""

import argparse
import contextlib
import importlib.util
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

ROOT = pathlib.Path(__file__).parents[1]
VOC_EVAL = ROOT / "packages/voc-eval/bin/voc-eval.js"
DATA = pathlib.Path(os.environ.get("FEATUREMINE_DATA", ROOT / "../shared/data"))
KEYS = ["AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl"]
TOLERANCE = 1e-6

# Evaluates a list of [ground truth, results] with the built package.
BATCH = """
const e = require(process.argv[1]);
const cases = JSON.parse(require('node:fs').readFileSync(process.argv[2], 'utf8'));
const out = cases.map(([gt, rows]) => {
  const groundTruth = e.groundTruthFromCoco(gt, 'gt');
  const { detections } = e.detectionsFromCocoResults(rows, groundTruth, 'results');
  return { ...e.evaluateCoco({ groundTruth, detections }), errors: e.errorBreakdown({ groundTruth, detections }) };
});
process.stdout.write(JSON.stringify(out));
"""


def load_script(name):
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), ROOT / "scripts/fixtures" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def voc_eval(*arguments):
    command = ["node", str(VOC_EVAL), *map(str, arguments), "--json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)


def peer_coco(coco_class, eval_class, ground_truth, results):
    """The twelve numbers and class APs by name."""
    with contextlib.redirect_stdout(io.StringIO()):
        gt = coco_class()
        gt.dataset = ground_truth
        gt.createIndex()
        evaluation = eval_class(gt, gt.loadRes([dict(row) for row in results]), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    precision = evaluation.eval["precision"][:, :, :, 0, 2]
    classes = {}
    for k, category in enumerate(sorted(ground_truth["categories"], key=lambda c: c["id"])):
        values = precision[:, :, k]
        values = values[values > -1]
        classes[category["name"]] = float(values.mean()) if values.size else -1
    return dict(zip(KEYS, map(float, evaluation.stats[:12]))), classes


class Differences:
    """The largest difference of each comparison, printed as they come."""

    def __init__(self):
        self.failed = False

    def report(self, what, pairs):
        largest = max(abs(a - b) for a, b in pairs)
        self.failed = self.failed or not largest <= TOLERANCE
        print(f"{what}: {len(pairs)} numbers, largest difference {largest:.2e}", flush=True)


def coco_pairs(ours, twelve, classes):
    pairs = [(ours[key], twelve[key]) for key in KEYS]
    return pairs + [(ours["classes"][name]["ap"], ap) for name, ap in classes.items()]


def tide_pairs(ours, tide):
    pairs = [(ours["ap"], tide["ap"])]
    for kind in tide["points"]:
        pairs += [(ours["points"][kind], tide["points"][kind]), (ours["counts"][kind], tide["counts"][kind])]
    for key in ("falsePositivePoints", "falseNegativePoints"):
        pairs.append((ours[key], tide[key]))
    return pairs


def compare_real(data, folder, differences):
    source = ["--voc", data / "VOCdevkit", "--set", "2007/test"]
    found = ["--detections", data / "results/VOC2007/Main"]
    gt_file, results_file = folder / "gt.json", folder / "results.json"
    voc_eval("convert", "--to", "coco", *source, "--difficult", "crowd", "--out", gt_file)
    voc_eval("convert", "--to", "coco", *source, *found, "--out", results_file)
    ours = voc_eval("run", *source, *found, "--protocol", "coco", "--difficult", "crowd", "--errors")
    again = voc_eval("run", "--ground-truth", gt_file, "--detections", results_file, "--protocol", "coco")
    differences.report("VOC folders against the converted files", [(ours[key], again[key]) for key in KEYS])
    ground_truth, results = json.loads(gt_file.read_text()), json.loads(results_file.read_text())
    differences.report("pycocotools, real detections", coco_pairs(again, *peer_coco(COCO, COCOeval, ground_truth, results)))
    from faster_coco_eval import COCO as FasterCOCO
    from faster_coco_eval import COCOeval_faster

    faster = peer_coco(FasterCOCO, COCOeval_faster, ground_truth, results)
    differences.report("faster-coco-eval, real detections", coco_pairs(again, *faster))
    tide = load_script("tide-fixtures")
    numbers = tide.tide_numbers(*tide.tide_data(ground_truth, results))
    differences.report("tidecv, real detections", tide_pairs(ours["errors"]["all"], numbers))
    print(f"  ours:   {json.dumps(ours['errors']['all'])}\n  tidecv: {json.dumps(numbers)}")


def compare_random(count, folder, differences):
    case = load_script("coco-fixtures").case
    tide = load_script("tide-fixtures")
    cases = [
        case(1000 + i, 1 + i % 9, 1 + i % 5, 1 + i % 8, 2 + i % 40, i % 3, (i % 4) * 0.15, i % 5) for i in range(count)
    ]
    cases = [c for c in cases if any(not a["iscrowd"] for a in c["groundTruth"]["annotations"]) and c["results"]]
    file = folder / "cases.json"
    file.write_text(json.dumps([[c["groundTruth"], c["results"]] for c in cases]))
    command = ["node", "-e", BATCH, str(ROOT / "packages/voc-eval/dist/index.js"), str(file)]
    ours = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    coco, errors = [], []
    for mine, c in zip(ours, cases):
        coco += coco_pairs(mine, dict(zip(KEYS, c["stats"])), c["perClass"])
        numbers = tide.tide_numbers(*tide.tide_data(c["groundTruth"], c["results"]))
        errors += tide_pairs(mine["errors"]["all"], numbers)
    differences.report(f"pycocotools, {len(cases)} random sets", coco)
    differences.report(f"tidecv, {len(cases)} random sets", errors)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, default=DATA / "voc2007-test-full")
    parser.add_argument("--random", type=int, default=500)
    options = parser.parse_args()
    differences = Differences()
    with tempfile.TemporaryDirectory() as folder:
        compare_random(options.random, pathlib.Path(folder), differences)
        compare_real(options.data, pathlib.Path(folder), differences)
    sys.exit(1 if differences.failed else 0)


main()
