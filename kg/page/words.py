"""The words of the static site in both languages; those of the graph's page are in `src/words.ts`."""

from __future__ import annotations

WORDS = {
    "en": {
        "heading": "Knowledge graph",
        "index": "Overview",
        "graph": "Graph",
        "look": "Open the graph",
        "open": "Show in the graph",
        "search": "Search names, titles, pinyin…",
        "newest": "Newest papers",
        "papers": "Papers",
        "aliases": "Also written",
        "time": "Papers over time",
        "code": "Code",
        "count": "papers: {:,}",
        "summary": "{:,} papers, {:,} entities",
    },
    "zh": {
        "heading": "知识图谱",
        "index": "总览",
        "graph": "图",
        "look": "打开图谱",
        "open": "在图中查看",
        "search": "搜索名称、标题、拼音……",
        "newest": "最新论文",
        "papers": "相关论文",
        "aliases": "别名",
        "time": "论文数量随时间变化",
        "code": "代码",
        "count": "{:,} 篇论文",
        "summary": "{:,} 篇论文，{:,} 个实体",
    },
}

_ZH = {
    "Paper": "论文",
    "Model": "模型",
    "Method": "方法",
    "Dataset": "数据集",
    "Task": "任务",
    "Metric": "指标",
    "Institution": "机构",
    "Topic": "主题",
    "Venue": "会议期刊",
    "PROPOSES": "提出",
    "USES": "使用",
    "COMPARES_WITH": "对比",
    "TRAINED_ON": "训练于",
    "EVALUATED_ON": "评测于",
    "ADDRESSES": "研究",
    "REPORTS": "报告指标",
    "MENTIONS": "提及",
    "HAS_TOPIC": "属于主题",
    "AFFILIATED_WITH": "所属机构",
    "PUBLISHED_IN": "发表于",
    "BASED_ON": "基于",
    "VERSION_OF": "版本源自",
    "SUBTASK_OF": "子任务属于",
}


def type_words(kind: str) -> dict[str, str]:
    """A node type or relation in words, by language; one that has none is read from its own name."""
    words = kind.replace("_", " ").lower() if kind.isupper() else kind
    return {"en": words, "zh": _ZH.get(kind, words)}
