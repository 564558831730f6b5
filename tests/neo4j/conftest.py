"""A real Neo4j server for all tests here, emptied before each; a graph small enough to read."""

import importlib.util
import os
import sys
from pathlib import Path

import pytest
from neo4j_kit import Database, Small, edge, entity

from kg.records import Node

_SCRIPT = Path(__file__).parents[2] / "scripts" / "neo4j_server.py"


@pytest.fixture(scope="session")
def server_script():
    """The module of `scripts/neo4j_server.py`."""
    spec = importlib.util.spec_from_file_location("neo4j_server", _SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def neo4j_server(server_script, tmp_path_factory):
    """A running server; without one these tests fail in CI and are skipped elsewhere, with the sentence that helps."""
    server = None
    try:
        server = server_script.new_server(tmp_path_factory.mktemp("neo4j"), brief=True)
        server.start()
        yield server
    except server_script.ServerUnavailableError as error:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
    finally:
        if server is not None:
            server.remove()


@pytest.fixture
def neo4j(neo4j_server):
    """The server with nothing in its database but indexes."""
    found = Database(neo4j_server)
    found.query("MATCH (n) DETACH DELETE n")
    return found


@pytest.fixture(scope="session")
def small() -> Small:
    """ControlNet and T2I-Adapter, which build on Stable Diffusion."""
    control, adapter = "paper:2302.05543", "paper:2302.08453"
    title = "Adding Conditional Control to Text-to-Image Diffusion Models"
    papers = (
        Node(
            control,
            "Paper",
            title,
            {
                "title": title,
                "title_zh": "为文生图扩散模型添加条件控制",
                "date": "2023-02-10",
                "arxiv_id": "2302.05543",
                "urls": ["https://arxiv.org/abs/2302.05543", "https://github.com/lllyasviel/ControlNet"],
                "source": ["2024-01-24.md:3"],
            },
        ),
        Node(adapter, "Paper", "T2I-Adapter", {"title": "T2I-Adapter", "date": "2023-02-16", "arxiv_id": "2302.08453"}),
    )
    entities = (
        entity("model:controlnet", "Model", "ControlNet", name_en="ControlNet"),
        entity("model:stablediffusion", "Model", "Stable Diffusion", aliases=["SD", "Stable Diffusion", "稳定扩散"]),
        entity("task:t2i", "Task", "文生图", name_zh="文生图", name_en="text-to-image generation"),
        entity("dataset:coco", "Dataset", "MS-COCO", aliases=["COCO", "MS-COCO"]),
        entity("metric:fid", "Metric", "FID"),
        entity("venue:iccv", "Venue", "ICCV"),
    )
    edges = (
        edge(control, "PROPOSES", "model:controlnet", "我们给出 ControlNet，一种带零卷积的网络。"),
        edge(control, "USES", "model:stablediffusion", "它锁住 Stable Diffusion 的权重。", "以 SD 为骨干。"),
        edge(control, "ADDRESSES", "task:t2i", "面向文生图任务。"),
        edge(control, "REPORTS", "metric:fid", "FID 为 15.27。", value="15.27"),
        edge(control, "PUBLISHED_IN", "venue:iccv", "2023-02-10｜Stanford｜ICCV 2023", year=2023),
        edge(adapter, "USES", "model:stablediffusion", "适配器接在 Stable Diffusion 上。"),
        edge(adapter, "EVALUATED_ON", "dataset:coco", "在 MS-COCO 上评测。"),
        edge("model:controlnet", "BASED_ON", "model:stablediffusion", "它锁住 Stable Diffusion 的权重。"),
    )
    return Small((*papers, *entities), edges)
