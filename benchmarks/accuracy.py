"""Accuracy, confidence and pixel statistics on real images with real models, beside what they should be."""

from __future__ import annotations

from shared import shared_folder, show

from pipeline import DatasetAnalyzer, ExtractionOptions

EXPECTED = (
    ("efficientnet_lite0.onnx", "stretch", "minus-one-one", 0.8475, 0.686),
    ("efficientnet_lite0.onnx", "crop", "minus-one-one", 0.8925, 0.731),
    ("efficientnet_lite0.onnx", "stretch", "imagenet", 0.73, 0.600),
    ("mobilenet_v2_1.0_224_quant.tflite", "stretch", None, 0.84, 0.785),
    ("mobilenet_v2_1.0_224_quant.tflite", "crop", None, 0.90, 0.830),
    ("mobilenet_v1_0.25_128_quant.tflite", "crop", None, 0.45, 0.407),
)


def main() -> None:
    folder = shared_folder()
    for model, resize, scaling, accuracy, confidence in EXPECTED:
        options = ExtractionOptions(resize=resize, scaling=scaling)  # type: ignore[arg-type]
        analyzer = DatasetAnalyzer(
            folder / "images", folder / "models" / model, options=options, metadata_path=folder / "labels.csv"
        )
        predictions = analyzer.analyze()["predictions"]
        show(
            {
                "model": model,
                "resize": resize,
                "scaling": scaling or "from the model",
                "accuracy": predictions["accuracy"],
                "expected_accuracy": accuracy,
                "mean_confidence": round(predictions["confidence_statistics"]["mean"], 4),
                "expected_mean_confidence": confidence,
            }
        )
    pixels = DatasetAnalyzer(folder / "images").analyze()["input_distribution"]["pixel_statistics"]
    show({"pixels": pixels})


if __name__ == "__main__":
    main()
