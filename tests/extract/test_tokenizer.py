import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.extract.tokenizer import MixedTokenizer, tokens

MIXED = st.text(alphabet=st.sampled_from("GPT4o-V.+'_ 图像生成（），。ab12\n"), max_size=60)


@given(MIXED)
def test_tokens_concatenate_to_the_text(text):
    assert "".join(tokens(text)) == text


@settings(deadline=None)
@given(st.one_of(MIXED, st.text(max_size=40)))
def test_document_has_the_text(text):
    assert MixedTokenizer(spacy.blank("xx").vocab)(text).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("使用GPT-4V和Qwen2.5-VL-7B", ["使", "用", "GPT-4V", "和", "Qwen2.5-VL-7B"]),
        ("CIFAR-10上", ["CIFAR-10", "上"]),
        ("LLM-based", ["LLM", "-", "based"]),
        ("GPT-4o-mini", ["GPT-4o-mini"]),
        ("text-to-3D", ["text", "-", "to-3D"]),
        ("Retinex++。", ["Retinex++", "。"]),
        ("it ends.", ["it", " ", "ends", "."]),
    ],
)
def test_latin_runs_stay_whole(text, expected):
    assert tokens(text) == expected
