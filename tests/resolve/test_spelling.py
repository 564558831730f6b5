import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.resolve.spelling import bare, initials, is_abbreviation, is_chinese, key, numbers, same_version, variant

ONE_NAME = [
    ("Stable Diffusion-XL", "StableDiffusion XL"),
    ("diffusion models", "Diffusion Model"),
    ("LLMs", "LLM"),
    ("GANs", "GAN"),
    ("case studies", "Case Study"),
    ("ＦＩＤ", "FID"),
    ("MS COCO", "MS-COCO"),
    ("扩散 模型", "扩散模型"),
    ("“CLIP”", "CLIP"),
    (r"$\bf{D^3}$QE", "bfD3QE"),
    ("BLIP‑2", "BLIP-2"),
]
# The pairs that likeness of spelling merges and that must stay two.
TWO_NAMES = [
    ("GPT-3", "GPT-4"),
    ("LLaMA-2", "LLaMA-3"),
    ("CIFAR-10", "CIFAR-100"),
    ("BLEU", "BLEURT"),
    ("ViT-B", "ViT-L"),
    ("Qwen2-VL", "Qwen2.5-VL"),
    ("Qwen2.5", "Qwen25"),
    ("ImageNet", "ImageNet-V2"),
    ("Stable Diffusion", "Stable Diffusion XL"),
    ("图像生成", "视频生成"),
    ("corpus", "corpu"),
]


@pytest.mark.parametrize(("a", "b"), ONE_NAME)
def test_spellings_of_one_name_have_one_key(a, b):
    assert key(a) == key(b)


@pytest.mark.parametrize(("a", "b"), TWO_NAMES)
def test_two_names_have_two_keys(a, b):
    assert key(a) != key(b)


@pytest.mark.parametrize(
    ("a", "b"), [p for p in TWO_NAMES if any(c.isdigit() for c in p[0] + p[1])] + [("ViT-B", "ViT-L")]
)
def test_a_difference_in_number_or_size_is_another_version(a, b):
    assert not same_version(a, b)


def test_same_version_where_numbers_and_sizes_agree():
    assert same_version("MS-COCO", "COCO")
    assert same_version("LLaVA-1.5-13B", "LLaVA 1.5 (13B)")
    assert numbers("LLaVA-1.5-13B") == ("1.5", "13")
    assert variant("ViT-B/16") == ("b",)
    assert variant("SDXL-Turbo") == ("turbo",)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("3D-FRONT数据集", "3D-FRONT"),
        ("COCO dataset", "COCO"),
        ("图像恢复任务", "图像恢复"),
        ("模型", "模型"),
        ("dataset", "dataset"),
        ("supermodel", "supermodel"),
    ],
)
def test_bare_leaves_out_a_generic_last_word(name, expected):
    assert bare(name) == expected


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("LDMs", "latent diffusion models"),
        ("PEO", "Prompt Embedding Optimization"),
        ("SUPIR", "Scaling-UP Image Restoration"),
        ("RAG", "retrieval-augmented generation"),
    ],
)
def test_schwartz_hearst_confirms(short, long):
    assert is_abbreviation(short, long)


@pytest.mark.parametrize(
    ("short", "long"), [("LDM", "diffusion model"), ("RAG", "图像恢复"), ("X", "Xception"), ("latent", "ldm")]
)
def test_schwartz_hearst_refuses(short, long):
    assert not is_abbreviation(short, long)


def test_initials():
    assert initials("Latent Diffusion Model") == "ldm"


@given(st.text())
def test_any_text_has_a_key_without_spaces_or_capitals(text):
    k = key(text)
    assert " " not in k
    assert k == k.casefold()


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12))
def test_chinese_survives(text):
    assert key(text) == text
    assert is_chinese(text)


@given(st.from_regex(r"[A-Z][A-Za-z]{1,8}-[0-9]{1,3}", fullmatch=True), st.from_regex(r"[0-9]{1,3}", fullmatch=True))
def test_numbers_always_tell_names_apart(name, other):
    stem = name.rpartition("-")[0]
    assert (key(name) == key(f"{stem}-{other}")) == (name == f"{stem}-{other}")
