import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extract.figures import figure


@pytest.mark.parametrize(
    ("sentence", "name", "value"),
    [
        ("在COCO上FID达到15.3。", "FID", "15.3"),
        ("实现了96.4%的检测准确率，优于基线。", "检测准确率", "96.4%"),
        ("F1分数达到0.873，", "F1", "0.873"),
        ("准确率从51.7%提高到74.9%。", "准确率", "74.9%"),
        ("显著提升平均精度（AP）至0.832。", "平均精度", "0.832"),
        ("It achieves an accuracy of 86.2%.", "accuracy", "86.2%"),
        ("an F1 score of 91.4, outperforming", "F1", "91.4"),
        (r"it achieves 29.31\% step accuracy", "step accuracy", "29.31%"),
        ("with DCHR = 0.50, ADODL = 0.89", "DCHR", "0.50"),
        ("PSNR (32.45) and SSIM", "PSNR", "32.45"),
        # What is no figure of the metric.
        ("准确率提升了9.7%。", "准确率", ""),
        ("分别提升了2.6%的准确率。", "准确率", ""),
        ("取得了+0.63 BLEU分数的提升", "BLEU", ""),
        ("a significant 69% energy consumption reduction", "energy consumption", ""),
        ("our inference speed is 10$\\times$ faster", "inference speed", ""),
        ("improves throughput by 2.7 times", "throughput", ""),
        ("2.98 倍的吞吐量提升", "吞吐量", ""),
        ("用FID和3个数据集评估", "FID", ""),
        ("FVD达到1,024.5。", "FVD", ""),
        ("FID：1. 我们提出", "FID", ""),
        ("mAP at 0.5 IoU", "mAP", ""),
        ("TPR at 1% FPR", "TPR", ""),
        ("准确率5%的提升", "准确率", ""),
        ("准确率为 5% 的提升", "准确率", ""),
        ("the accuracy is 3.2% higher than", "accuracy", ""),
        ("BLEU 4.5 higher", "BLEU", ""),
        ("FID (2.5 lower)", "FID", ""),
        ("3.2%的准确率损失", "准确率", ""),
        ("-2.5% accuracy", "accuracy", ""),
        ("accuracy is 30 percent better", "accuracy", ""),
        ("GPT 3.5的准确率", "准确率", ""),
        ("Stable Diffusion 1.5的FID", "FID", ""),
        ("in Table 3.2 accuracy", "accuracy", ""),
        ("it achieves 1.79 FID", "FID", "1.79"),
        ("achieves 85.3% accuracy", "accuracy", "85.3%"),
        ("取得7.27的零样本FID", "FID", "7.27"),
        ("在第12 FID", "FID", ""),
    ],
)
def test_figure(sentence, name, value):
    start = sentence.index(name)
    assert figure(sentence, start, start + len(name)) == value


@given(st.text(alphabet="FID提升达到的0123456789.%\\ ofto至", max_size=30), st.data())
def test_a_figure_stands_in_the_sentence(sentence, data):
    start = data.draw(st.integers(0, len(sentence)))
    end = data.draw(st.integers(start, len(sentence)))
    assert figure(sentence, start, end).rstrip("%") in sentence


def test_a_reported_metric_has_its_figure_and_the_sentence_that_gives_it(extractor, make_entry):
    entry = make_entry(
        "Scalable Diffusion Models with Transformers",
        "本文提出了DiT，用Transformer替代扩散模型中的U-Net，用于图像生成任务。实验使用FID等指标进行评估。",
        "在ImageNet 256×256数据集上，DiT-XL/2的FID达到2.27，优于此前的扩散模型。",
    )
    found = next(f for f in extractor.extract(entry).findings if f.names[0].text == "FID")
    (reports,) = (r for r in found.relations if r.type == "REPORTS")
    assert reports.value == "2.27"
    assert "2.27" in reports.evidence[0].sentence
