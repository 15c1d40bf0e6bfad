"""COCO's twelve numbers by pycocotools or faster-coco-eval.

As a command, `voc-eval-python-coco.py pycocotools|faster GROUND_TRUTH.json RESULTS.json`, prints {"mAP": …}. As a
contender of the bench (one JSON argument) it times evaluate, accumulate and summarize on what was read before.
"""

import contextlib
import io
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).parents[3]


def load(peer, ground_truth, results):
    """A function that evaluates what is read here and gives AP."""
    if peer == "pycocotools":
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    else:
        from faster_coco_eval import COCO
        from faster_coco_eval import COCOeval_faster as COCOeval
    with contextlib.redirect_stdout(io.StringIO()):
        gt = COCO(str(ground_truth))
        found = gt.loadRes(str(results))

    def evaluate():
        with contextlib.redirect_stdout(io.StringIO()):
            evaluation = COCOeval(gt, found, "bbox")
            evaluation.evaluate()
            evaluation.accumulate()
            evaluation.summarize()
        return float(evaluation.stats[0])

    return evaluate


def main():
    if len(sys.argv) == 4:
        print(json.dumps({"mAP": load(*sys.argv[1:])()}))
        return
    sys.path.insert(0, str(ROOT / "scripts/peers"))
    from measure import contender_options, measure_steps

    options = contender_options()
    folder = ROOT / ".cache/voc-eval"
    evaluate = load(options["peer"], folder / "ground-truth.json", folder / "results.json")
    found = {}
    measure_steps(options, lambda _: found.update(loss=evaluate()), lambda: found)


main()
