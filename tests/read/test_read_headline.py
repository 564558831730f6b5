from __future__ import annotations

import pytest

from kg.read.headline import belongs
from kg.records import Passage

TEXT = [Passage("We train large language models (LLMs) with LoRA and retrieval augmented generation.", 1)]


@pytest.mark.parametrize(
    ("headline", "own"),
    [
        ("SyncDreamer：由单张图像生成多视图一致的图像", False),
        ("RLHF2Go：基于人类反馈的对齐", False),
        ("LoRA：低秩适配", True),
        ("大型语言模型（LLMs）的低秩适配", True),
        ("面向检索增强生成的低秩适配", True),
        ("LORA-Tune：低秩适配", True),
    ],
)
def test_a_coined_name_that_the_paper_does_not_have(headline: str, own: bool) -> None:
    assert belongs(headline, "LoRA-Tune: Adapting Models", TEXT) is own


def test_a_misspelt_name_is_the_papers_own() -> None:
    assert belongs("CodeGRAF：代码生成", "CodeGRAG: Retrieval for Code", [])
